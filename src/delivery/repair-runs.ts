import { openingOf } from '../domain/incidents/opening.ts';
import { matching } from '../domain/playbook/match.ts';
import { nextRuns, type Known } from '../domain/playbook/next-runs.ts';
import type { RepairObjects } from '../domain/ports/repair-objects.ts';
import type { Delivered, DeliveryChannel, Job } from './channel.ts';

export interface RepairRunsDeps {
  readonly objects: RepairObjects;
  /** Whether the caches have been filled once: before that nobody knows which playbooks there are. */
  readonly synced: () => boolean;
  readonly now: () => Date;
}

/** Caches fill within moments of the start, and a playbook is read within moments of being applied. */
const LOOK_MS = 1_000;

/**
 * The channel `repair`: an incident makes its RepairRuns, one repair at a time, the next when one has failed. When they run is decided by
 * the controller of runs alone. Each has a name by its cause, so that it is made once however often this is done.
 */
export function repairRunsChannel(deps: RepairRunsDeps): DeliveryChannel {
  return {
    name: 'repair',
    async deliver(job, signal) {
      if (job.incident.status === 'resolved') return { is: 'skipped', reason: 'the incident is resolved' };
      return deps.synced() && isRead(job, deps) ? made(job, deps, signal) : { is: 'postponed', afterMs: LOOK_MS };
    },
  };
}

/** A playbook that is as new as the incident has no hash yet, by which a run could name it: the incident would stay without its run. */
function isRead({ incident }: Job, { objects }: RepairRunsDeps): boolean {
  return matching(objects.playbooks(), incident).every(({ status }) => status?.hash !== undefined);
}

async function made(job: Job, { objects, now }: RepairRunsDeps, signal: AbortSignal): Promise<Delivered> {
  const { incident, work } = job;
  const opening = String(openingOf(incident).getTime());
  const known: Known = { playbooks: () => objects.playbooks(), runs: () => objects.runs(), now };
  const before = work.memo['opening'] === opening ? work.memo['run'] : undefined;
  const { shadows, repair, cannot } = nextRuns(incident, known, before);
  for (const shadow of shadows) await objects.create(shadow, signal);
  if (repair) {
    const run = `${repair.namespace}/${repair.name}`;
    // Until the caches show it nobody else knows of it, and another must not be made beside it.
    if (before !== run) await job.remember({ opening, run });
    await objects.create(repair, signal);
    return { is: 'delivered', memo: { opening, run } };
  }
  if (shadows.length > 0 || before !== undefined) return { is: 'delivered', memo: work.memo };
  return { is: 'skipped', reason: cannot.length > 0 ? cannot.join('; ') : 'no playbook for it makes a run' };
}
