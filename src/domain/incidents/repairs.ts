import { ENDED_PHASES, type RunPhase } from '../../crds/repairrun/status.ts';
import { cut } from '../text/cut.ts';
import type { IncidentRepair, TimelineEntry } from './incident.ts';

/** Of one text. */
const LONGEST = 1_000;

/** Whether it still goes on, or waits. */
export function isUnderWay({ phase }: Pick<IncidentRepair, 'phase'>): boolean {
  return !ENDED_PHASES.includes(phase);
}

/** What the timeline tells of a repair that has come to this phase; undefined where that is no news. */
export function repairHappening({ phase, by, playbook, summary, detail }: IncidentRepair): Omit<TimelineEntry, 'at'> | undefined {
  const what = happeningOf(phase);
  if (what === undefined) return undefined;
  const said = what === 'repair-ended' ? `${playbook}: ${phase}: ${detail}` : `${playbook}: ${summary}`;
  return { what, who: by ?? 'operator', detail: within(said) };
}

function happeningOf(phase: RunPhase): TimelineEntry['what'] | undefined {
  if (phase === 'AwaitingApproval') return 'repair-proposed';
  if (phase === 'Running') return 'repair-started';
  // It goes on: that is seen on the repair itself.
  return phase === 'Verifying' ? undefined : 'repair-ended';
}

/** What it says but for its time, always spelled the same: whether two say the same is seen by that. */
export function repairText({ run, playbook, summary, tier, phase, detail, waitsFor, expiresAt, by }: IncidentRepair): string {
  return JSON.stringify({
    run,
    playbook,
    summary: within(summary),
    tier,
    phase,
    detail: within(detail),
    ...(waitsFor && { waitsFor }),
    ...(expiresAt && { expiresAt }),
    ...(by !== undefined && { by: within(by) }),
  });
}

function within(text: string): string {
  return cut(text, LONGEST).toWellFormed();
}
