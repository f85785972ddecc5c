import { PortError } from '../../domain/ports/port-error.ts';
import type { PromotionCandidate } from '../../domain/ports/learning-repository.ts';
import { backoffMs, jittered } from '../../kube/backoff.ts';
import type { Controller, Leadership } from '../../kube/controller.ts';
import type { PromoterDeps } from './deps.ts';
import { type Promoted, type Promoting, promote } from './promote.ts';

const EVERY_MS = 5_000;
const JITTER = 0.2;
const AT_ONCE = 100;
const AGAIN = { baseMs: 5_000, capMs: 300_000, jitter: 0.2 };

interface Resting {
  readonly failures: number;
  readonly untilMs: number;
}

/** Those that could not be written, each tried again ever more seldom: none is lost, and none holds up the others. */
type Rests = Map<string, Resting>;

/** On the leader: makes playbooks of actions that have proved themselves, a few seconds after they have. */
export function promoter(deps: PromoterDeps): Controller {
  return {
    name: 'promoter',
    async start(signal, leadership) {
      const over = AbortSignal.any([signal, leadership.signal]);
      const rests: Rests = new Map();
      while (!over.aborted) {
        const isMore = await round({ rests, over, leadership }, deps);
        if (!isMore) await pause(jittered(EVERY_MS, JITTER, deps.random), over);
      }
    },
  };
}

interface Round {
  readonly rests: Rests;
  readonly over: AbortSignal;
  readonly leadership: Leadership;
}

/** Whether there are likely more. */
async function round({ rests, over, leadership }: Round, deps: PromoterDeps): Promise<boolean> {
  try {
    const listed = await deps.learning.candidates(AT_ONCE + rests.size, over);
    forget(rests, listed);
    const due = listed.filter(one => (rests.get(keyOf(one))?.untilMs ?? 0) <= deps.now().getTime());
    const at = { signal: over, fence: () => leadership.assertLeading() };
    for (const candidate of due) {
      if (over.aborted) return false;
      await one(candidate, { at, rests, deps });
    }
    return due.length >= AT_ONCE;
  } catch (err) {
    if (!over.aborted)
      deps.log.warn({ err: sentence(err) }, 'it is not known which repairs may become playbooks; asked again in a few seconds');
    return false;
  }
}

interface Trying {
  readonly at: Promoting;
  readonly rests: Rests;
  readonly deps: PromoterDeps;
}

async function one(candidate: PromotionCandidate, { at, rests, deps }: Trying): Promise<void> {
  const { anomalyKey, action } = candidate;
  try {
    const promoted = await promote(candidate, at, deps);
    rests.delete(keyOf(candidate));
    deps.counted(promoted.result);
    tell(promoted, { candidate, deps });
  } catch (err) {
    if (at.signal.aborted) return;
    const failures = rests.get(keyOf(candidate))?.failures ?? 0;
    const waitMs = backoffMs(AGAIN, failures, deps.random);
    rests.set(keyOf(candidate), { failures: failures + 1, untilMs: deps.now().getTime() + waitMs });
    deps.counted('failed');
    const fields = { anomalyKey, action, err: sentence(err), ...adviceOn(err), againInSeconds: Math.round(waitMs / 1_000) };
    deps.log.warn(fields, 'a repair that has proved itself could not become a playbook yet; it is tried again');
  }
}

function tell(
  { result, why, playbook }: Promoted,
  { candidate, deps }: Pick<Trying, 'deps'> & { readonly candidate: PromotionCandidate },
): void {
  const fields = {
    anomalyKey: candidate.anomalyKey,
    action: candidate.action,
    ...(playbook !== undefined && { playbook }),
    ...(why !== undefined && { why }),
  };
  if (result === 'created') deps.log.info(fields, 'a repair has proved itself: wrote its playbook, to be read and reviewed');
  else if (result === 'updated') deps.log.info(fields, 'somebody has said anew why a repair helps: wrote it into its playbook');
  else if (result === 'deleted')
    deps.log.info(fields, 'a repair has helped again whose playbook was deleted: it is not made anew before five further successes');
  else if (result === 'no_namespace') deps.log.warn(fields, 'a repair has proved itself, but there is no namespace for its playbook');
  else if (result === 'unwritable') deps.log.info(fields, 'a repair has proved itself, but no playbook can say how it is done');
}

function forget(rests: Rests, listed: readonly PromotionCandidate[]): void {
  const present = new Set(listed.map(keyOf));
  for (const key of rests.keys()) if (!present.has(key)) rests.delete(key);
}

function keyOf({ anomalyKey, action }: PromotionCandidate): string {
  return JSON.stringify([anomalyKey, action]);
}

/** What a person can do about it, where one can. */
function adviceOn(err: unknown): { readonly advice?: string } {
  if (!(err instanceof PortError)) return {};
  if (err.statusCode === 404) return { advice: 'create the namespace, or set AWOOOI_LEARNED_PLAYBOOK_NAMESPACE to one that is there' };
  if (err.fault === 'forbidden')
    return { advice: 'let the operator get, create and patch repairplaybooks in the namespace, as config/rbac does' };
  return {};
}

/** What is none of the world's may hold anything: its kind alone is logged. */
function sentence(err: unknown): string {
  if (err instanceof PortError) return `${err.fault}: ${err.message}`;
  return err instanceof Error ? err.name : 'unknown';
}

/** Ends early, and without a failure, when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
