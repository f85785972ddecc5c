import { durationMs } from '../../crds/duration.ts';
import type { LimitTerms } from '../../crds/repairplaybook/terms.ts';
import type { Hold } from './hold.ts';

/** A run that began, as far as it stands in the way of others. */
export interface BegunRun {
  readonly uid: string;
  readonly namespace: string;
  readonly playbook: string;
  /** KIND/NAME of each, of pods those of their workloads too. */
  readonly targets: readonly string[];
  /** How long ago it began; what began in the future, by a clock that was set back, began just now. */
  readonly ageMs: number;
  /** How long ago it ended; undefined while it runs. */
  readonly endedMs?: number;
  /** Whether anything was changed. */
  readonly wrote: boolean;
}

/** A run that is to begin. */
export interface Beginning {
  readonly uid: string;
  readonly namespace: string;
  readonly playbook: string;
  readonly targets: readonly string[];
  readonly limits: LimitTerms;
}

const BREAKER_WINDOW_MS = 600_000;
const HOUR_MS = 3_600_000;
const RECHECK_MS = 10_000;

/** How many runs began within the last ten minutes, over all namespaces: from the limit on each further one waits for a person. */
export function begunLately(runs: readonly BegunRun[]): number {
  return runs.filter(({ ageMs }) => ageMs < BREAKER_WINDOW_MS).length;
}

/** What of the other runs holds this one back; undefined: nothing does. */
export function heldByOthers(run: Beginning, begun: readonly BegunRun[]): Hold | undefined {
  const others = begun.filter(({ uid, namespace }) => uid !== run.uid && namespace === run.namespace);
  const onTarget = others.filter(({ targets }) => targets.some(target => run.targets.includes(target)));
  const shared = { ...run, targets: run.targets.filter(target => onTarget.some(({ targets }) => targets.includes(target))) };
  return busy(shared, onTarget) ?? coolingDown(shared, onTarget) ?? tooMany(shared, onTarget) ?? playbookBusy(run, others);
}

function busy({ targets }: Beginning, onTarget: readonly BegunRun[]): Hold | undefined {
  if (!onTarget.some(({ endedMs }) => endedMs === undefined)) return undefined;
  const message = `Another run is under way on ${targets.join(', ')}: this one begins after it has ended.`;
  return { reason: 'TargetBusy', message, recheckMs: RECHECK_MS };
}

function coolingDown({ targets, limits }: Beginning, onTarget: readonly BegunRun[]): Hold | undefined {
  const cooldownMs = durationMs(limits.cooldown);
  const left = onTarget.flatMap(({ wrote, endedMs }) => (wrote && endedMs !== undefined ? [cooldownMs - endedMs] : []));
  const leftMs = Math.max(0, ...left);
  if (leftMs === 0) return undefined;
  const message = `${targets.join(', ')} was repaired less than ${limits.cooldown} ago (spec.limits.cooldown): this run begins after that.`;
  return { reason: 'CoolingDown', message, recheckMs: Math.min(leftMs, HOUR_MS) };
}

function tooMany({ playbook, limits, targets }: Beginning, onTarget: readonly BegunRun[]): Hold | undefined {
  const ages = onTarget.filter(other => other.playbook === playbook && other.ageMs < HOUR_MS).map(({ ageMs }) => ageMs);
  if (ages.length < limits.maxPerHour) return undefined;
  const message = `Playbook ${playbook} ran ${ages.length} times on ${targets.join(', ')} within an hour, and spec.limits.maxPerHour is ${limits.maxPerHour}.`;
  return { reason: 'TooManyThisHour', message, recheckMs: Math.max(RECHECK_MS, HOUR_MS - Math.max(...ages)) };
}

function playbookBusy({ playbook, limits }: Beginning, others: readonly BegunRun[]): Hold | undefined {
  const under = others.filter(other => other.playbook === playbook && other.endedMs === undefined).length;
  if (under < limits.maxConcurrent) return undefined;
  const message = `${under} runs of playbook ${playbook} are under way, and spec.limits.maxConcurrent is ${limits.maxConcurrent}.`;
  return { reason: 'PlaybookBusy', message, recheckMs: RECHECK_MS };
}
