import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { AlertChainProbeStatus, HistoryEntry, HopStatus, RunStatus } from '../../crds/alertchainprobe/status.ts';
import { type HopResult, runPassed } from '../chain/hop-result.ts';
import { HEARD_WITHIN_MS } from '../ports/watchdog-sightings.ts';
import { broken } from './conditions.ts';
import { FLUX_REQUESTED_AT, REQUESTED_AT, type Step } from './next-step.ts';
import { recorded, uptime } from './uptime.ts';

/** The fields of a status that change; `undefined` removes one. Conditions are decided apart. */
export type StatusPatch = Partial<Omit<AlertChainProbeStatus, 'conditions' | 'observedGeneration'>>;

/** The record of intent: this run begins now; a run that was cut off goes into the history. */
export function begun(
  probe: AlertChainProbe,
  step: Extract<Step, { do: 'begin' }>,
  facts: { runId: string; now: Date; maintenance: boolean; rollouts: Readonly<Record<string, string>> },
): StatusPatch {
  const { status = {}, spec, metadata } = probe;
  const requestedAt = metadata.annotations?.[REQUESTED_AT];
  const fluxRequestedAt = metadata.annotations?.[FLUX_REQUESTED_AT];
  const lastRun: RunStatus = {
    id: facts.runId,
    trigger: step.trigger,
    phase: 'Running',
    runToken: spec.runToken,
    generation: metadata.generation,
    startedAt: facts.now.toISOString(),
    ...(facts.maintenance && { maintenance: true }),
  };
  return {
    lastRun,
    ...(step.cutOff && { history: remembered(probe, entry(step.cutOff, 'Interrupted', facts.now)) }),
    ...(requestedAt !== undefined && { lastHandledRequest: requestedAt }),
    ...(fluxRequestedAt !== undefined && { lastHandledReconcileAt: fluxRequestedAt }),
    ...withRollouts(status, facts.rollouts),
  };
}

/** The record of the deed: what the run found. */
export function finished(
  probe: AlertChainProbe,
  { run, result }: Extract<Step, { do: 'finish' }>,
  { now, nextRun }: { now: Date; nextRun: Date },
): StatusPatch {
  const passed = runPassed(result);
  const before = new Map(probe.status?.hops?.map(hop => [hop.name, hop]));
  const sameSpec = probe.status?.provenGeneration === run.generation;
  const hops = result.hops.map(hop => hopStatus(hop, { before: before.get(hop.name), sameSpec, at: result.finishedAt }));
  const ledger = recorded(probe.status?.ledger, { at: result.finishedAt, passed });
  const phase = passed ? 'Passed' : 'Failed';
  return {
    runToken: run.runToken,
    provenGeneration: run.generation,
    hops,
    brokenHop: passed ? undefined : broken(hops).name,
    consecutiveFailures: passed ? 0 : (probe.status?.consecutiveFailures ?? 0) + 1,
    lastRun: { ...run, phase, finishedAt: result.finishedAt.toISOString() },
    nextRunTime: nextRun.toISOString(),
    history: remembered(probe, { ...entry(run, phase, result.finishedAt), ...failedHops(hops) }),
    ledger,
    uptime: uptime(ledger, now),
  };
}

/** What an idle probe shows: when it runs next, and which rollouts it has seen. */
export function resting(
  { status = {} }: AlertChainProbe,
  { nextRun, rollouts }: { nextRun: Date; rollouts: Readonly<Record<string, string>> },
): StatusPatch {
  return { nextRunTime: nextRun.toISOString(), ...withRollouts(status, rollouts) };
}

/** A suspended probe runs no more; a run under way is given up, since the record must not say Running for ever. */
export function givenUp(probe: AlertChainProbe, now: Date): StatusPatch {
  const run = probe.status?.lastRun;
  const idle = { nextRunTime: undefined };
  if (run?.phase !== 'Running') return idle;
  const lastRun: RunStatus = { ...run, phase: 'Interrupted', finishedAt: now.toISOString() };
  return { ...idle, lastRun, history: remembered(probe, entry(run, 'Interrupted', now)) };
}

/** That a workload was looked at and not complete is remembered too: its first rollout is then told from one that was over before. */
function withRollouts({ rollouts: before = {} }: StatusPatch, rollouts: Readonly<Record<string, string>>): StatusPatch {
  const seen = Object.entries(rollouts).map(([workload, token]) => [workload, token === '' ? (before[workload] ?? '') : token] as const);
  return seen.length > 0 ? { rollouts: { ...before, ...Object.fromEntries(seen) } } : {};
}

interface Earlier {
  readonly before: HopStatus | undefined;
  /** What another spec proved says nothing of this one. */
  readonly sameSpec: boolean;
  readonly at: Date;
}

function hopStatus(hop: HopResult, earlier: Earlier): HopStatus {
  const passed = hop.result === 'Passed';
  const lastSuccessTime = passed ? earlier.at.toISOString() : earlier.before?.lastSuccessTime;
  return {
    name: hop.name,
    type: hop.type,
    result: hop.result,
    ...(hop.cause !== undefined && { cause: hop.cause }),
    ...(hop.message !== '' && { message: hop.message }),
    ...(hop.latencyMs !== undefined && { latency: `${Math.round(hop.latencyMs)}ms` }),
    ...(hop.statusCode !== undefined && { statusCode: hop.statusCode }),
    ...(lastSuccessTime !== undefined && { lastSuccessTime }),
    ...(passed && { steadySince: steadySince(earlier) }),
  };
}

function steadySince({ before, sameSpec, at }: Earlier): string {
  const since = before?.result === 'Passed' && sameSpec ? (before.steadySince ?? before.lastSuccessTime) : undefined;
  const gapMs = at.getTime() - Date.parse(before?.lastSuccessTime ?? '');
  return since !== undefined && gapMs >= 0 && gapMs <= HEARD_WITHIN_MS ? since : at.toISOString();
}

function entry(run: RunStatus, result: HistoryEntry['result'], finishedAt: Date): HistoryEntry {
  return { id: run.id, trigger: run.trigger, result, startedAt: run.startedAt, finishedAt: finishedAt.toISOString() };
}

function failedHops(hops: readonly HopStatus[]): Pick<HistoryEntry, 'failedHops'> {
  const names = hops.filter(({ result }) => result !== 'Passed').map(({ name }) => name);
  return names.length > 0 ? { failedHops: names } : {};
}

/** The newest entries. The last run that came to its end is one of them, however many were cut off since: the verdict is about that one. */
function remembered({ spec: { historyLimit }, status }: AlertChainProbe, newest: HistoryEntry): HistoryEntry[] {
  const all = [newest, ...(status?.history ?? [])];
  const judged = all.find(({ result }) => result !== 'Interrupted');
  const kept = all.slice(0, historyLimit);
  return !judged || kept.includes(judged) ? kept : [...kept.slice(0, historyLimit - 1), judged];
}
