import { compactHistogram } from './compact-histogram.ts';
import { instruments } from './instruments.ts';
import { type HopSeries, type JudgedProbe, type ProbeSeries, probeLines, VALUE_OF_STATUS } from './probe-lines.ts';
import type { Metrics } from './registry.ts';

/** The part of a finished run that is counted. */
export interface ObservedRun {
  readonly namespace: string;
  readonly name: string;
  readonly passed: boolean;
  readonly consecutiveFailures: number;
  readonly result: {
    readonly finishedAt: Date;
    readonly hops: readonly { readonly name: string; readonly result: 'Passed' | 'Failed' | 'Unknown'; readonly latencyMs?: number }[];
  };
}

/** A hop as the status of its probe has it. */
export interface RestoredHop {
  readonly name: string;
  readonly result: 'Passed' | 'Failed' | 'Unknown';
  readonly lastSuccessTime?: string | undefined;
}

/** What the status of a probe says of runs that another process, or an earlier one, made. */
export interface RestoredProbe {
  readonly hops?: readonly RestoredHop[] | undefined;
  readonly consecutiveFailures?: number | undefined;
}

/** The series of probes: there from the first moment of an object, gone with it. */
export interface ProbeMetrics {
  /** May be repeated; hops that are no longer listed lose their series. What is observed of a probe that is not registered is not counted. */
  register(namespace: string, name: string, hops: readonly string[]): void;
  /** For what this process has not run yet: after a restart nothing looks as if it had never passed, or never failed. */
  restore(namespace: string, name: string, status: RestoredProbe): void;
  observe(run: ObservedRun): void;
  judge(namespace: string, name: string, judged: JudgedProbe): void;
  late(namespace: string, name: string, seconds: number): void;
  /** A ping of the probe's dead man's switch has ended. */
  heartbeat(namespace: string, name: string, result: 'sent' | 'failed'): void;
  remove(namespace: string, name: string): void;
  /** Where to read the status of the condition ChainHealthy of every probe, on whatever replica. */
  readFrom(healthy: () => Iterable<string>): void;
  /** Removes all series: whoever does not lead any more knows nothing of probes, and a last good result would stand for ever. */
  clear(): void;
}

const HOP_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
const LATENESS_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300];
const VALUE_OF = { Passed: 1, Failed: 0, Unknown: -1 } as const;
const NOT_JUDGED: JudgedProbe = { healthy: 'Unknown', suspended: false, maintenance: false };

/** Adds the series of probes to the page. They are kept apart from prom-client, whose label sets would take ten times the memory. */
export function probeMetrics(page: Metrics): ProbeMetrics {
  const probes = new Map<string, ProbeSeries>();
  const found = (namespace: string, name: string) => probes.get(`${namespace}/${name}`);
  page.addSource(() => probeLines([...probes.values()]));
  let read: () => Iterable<string> = nobody;
  instruments(page).gauge({
    name: 'awoooi_alert_chain_probes',
    help: 'AlertChainProbes by the status of their condition ChainHealthy, as this replica sees them.',
    labels: ['chain_healthy'],
    collect: gauge => {
      const counts = new Map<string, number>(Object.keys(VALUE_OF_STATUS).map(status => [status, 0]));
      for (const status of read()) counts.set(status, (counts.get(status) ?? 0) + 1);
      for (const [status, count] of counts) gauge.set({ chain_healthy: status }, count);
    },
  });

  return {
    register(namespace, name, hops) {
      const probe = found(namespace, name) ?? newProbe(namespace, name);
      probes.set(`${namespace}/${name}`, probe);
      const { hops: present } = probe;
      for (const hop of present.keys()) if (!hops.includes(hop)) present.delete(hop);
      for (const hop of hops) if (!present.has(hop)) present.set(hop, newHop());
    },
    restore(namespace, name, { hops = [], consecutiveFailures = 0 }) {
      const probe = found(namespace, name);
      if (!probe) return;
      if (probe.runs.passed + probe.runs.failed === 0) probe.consecutiveFailures = consecutiveFailures;
      for (const hop of hops) restoreHop(probe.hops.get(hop.name), hop);
    },
    observe(run) {
      const probe = found(run.namespace, run.name);
      if (!probe) return;
      probe.consecutiveFailures = run.consecutiveFailures;
      probe.runs[run.passed ? 'passed' : 'failed'] += 1;
      for (const hop of run.result.hops) observeHop(probe, hop, run.result.finishedAt);
    },
    judge(namespace, name, judged) {
      const probe = found(namespace, name);
      if (probe) probe.judged = judged;
    },
    late: (namespace, name, seconds) => found(namespace, name)?.lateness.observe(seconds),
    heartbeat(namespace, name, result) {
      const probe = found(namespace, name);
      if (probe) probe.heartbeats[result] += 1;
    },
    remove: (namespace, name) => void probes.delete(`${namespace}/${name}`),
    readFrom: healthy => {
      read = healthy;
    },
    clear: () => probes.clear(),
  };
}

function nobody(): Iterable<string> {
  return [];
}

function newProbe(namespace: string, probe: string): ProbeSeries {
  return {
    labels: { namespace, probe },
    hops: new Map(),
    runs: { passed: 0, failed: 0 },
    heartbeats: { sent: 0, failed: 0 },
    lateness: compactHistogram(LATENESS_BUCKETS),
    consecutiveFailures: 0,
    judged: NOT_JUDGED,
  };
}

function newHop(): HopSeries {
  return { known: false, result: VALUE_OF.Unknown, lastSuccess: 0, latency: compactHistogram(HOP_BUCKETS) };
}

function restoreHop(series: HopSeries | undefined, { result, lastSuccessTime }: RestoredHop): void {
  if (!series || series.known) return;
  series.known = true;
  series.result = VALUE_OF[result];
  const passedAt = Date.parse(lastSuccessTime ?? '');
  if (!Number.isNaN(passedAt)) series.lastSuccess = passedAt / 1000;
}

function observeHop(probe: ProbeSeries, { name, result, latencyMs }: ObservedRun['result']['hops'][number], at: Date): void {
  const hop = probe.hops.get(name) ?? newHop();
  probe.hops.set(name, hop);
  hop.known = true;
  hop.result = VALUE_OF[result];
  if (result === 'Passed') hop.lastSuccess = at.getTime() / 1000;
  if (latencyMs !== undefined) hop.latency.observe(latencyMs / 1000);
}
