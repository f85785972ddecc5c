import type { StepStatus } from '../../crds/repairrun/status.ts';
import { approvalIdOf } from '../../domain/repair/approval-id.ts';
import { proposal } from '../../domain/repair/comparison.ts';
import { type Tried, tryStep } from './checks.ts';
import { over } from './finish.ts';
import { held, type RunOutcome, type RunTurn } from './turn.ts';

/** Plans and tries every step, and does none. */
export async function dryRun(turn: RunTurn): Promise<RunOutcome> {
  const { run, now } = turn;
  const steps: StepStatus[] = [];
  for (const [index, { action }] of run.spec.steps.entries()) {
    const tried = await tryStep(turn, index);
    // Refused for want of a right is an answer; one that could not be asked is none.
    if (tried.is === 'held' && tried.hold.reason !== 'Forbidden') return held(turn, tried.hold);
    steps.push({ index, action, ...recordOf(tried, now.toISOString()) });
  }
  const refused = steps.filter(({ deed }) => deed?.result === 'Refused');
  const [first] = refused;
  const message = first
    ? `Step ${first.index + 1} (${first.action}) would be refused: ${first.deed?.detail}`
    : `All ${steps.length} steps could be done. Nothing was done.`;
  const time = now.toISOString();
  const shadow = run.spec.mode === 'Shadow' && { comparison: proposal(run) };
  return over(turn, 'DryRun', {
    note: { reason: first ? 'WouldBeRefused' : 'DryRun', message },
    status: { steps, approvalId: approvalIdOf(run.metadata), requestedAt: time, ...shadow },
  });
}

function recordOf(tried: Tried, time: string): Pick<StepStatus, 'intent' | 'deed'> {
  switch (tried.is) {
    case 'planned':
      return { intent: { time, ...tried.step }, deed: { time, result: 'Skipped', detail: `Would be done: ${tried.step.summary}` } };
    case 'refused':
      return { deed: { time, result: 'Refused', detail: tried.reason } };
    case 'held':
      return { deed: { time, result: 'Refused', detail: tried.hold.message } };
  }
}
