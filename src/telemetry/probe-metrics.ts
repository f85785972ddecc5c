import { type CompactHistogram, compactHistogram } from './compact-histogram.ts';
import { familyLines, type Sample } from './exposition.ts';
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
  late(namespace: string, name: string, seconds: number): void;
  /** A ping of the probe's dead man's switch has ended. */
  heartbeat(namespace: string, name: string, result: 'sent' | 'failed'): void;
  remove(namespace: string, name: string): void;
  /** Removes all series: whoever does not lead any more knows nothing of probes, and a last good result would stand for ever. */
  clear(): void;
}

const HOP_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
const LATENESS_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300];
const VALUE_OF = { Passed: 1, Failed: 0, Unknown: -1 } as const;

interface HopSeries {
  /** False until this process has run the hop, or read of it. */
  known: boolean;
  result: number;
  lastSuccess: number;
  readonly latency: CompactHistogram;
}

interface ProbeSeries {
  readonly labels: { readonly namespace: string; readonly probe: string };
  readonly hops: Map<string, HopSeries>;
  readonly runs: { passed: number; failed: number };
  readonly heartbeats: { sent: number; failed: number };
  readonly lateness: CompactHistogram;
  consecutiveFailures: number;
}

/** Adds the series of probes to the page. They are kept apart from prom-client, whose label sets would take ten times the memory. */
export function probeMetrics(page: Metrics): ProbeMetrics {
  const probes = new Map<string, ProbeSeries>();
  const found = (namespace: string, name: string) => probes.get(`${namespace}/${name}`);
  page.addSource(() => probeLines([...probes.values()]));

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
    late: (namespace, name, seconds) => found(namespace, name)?.lateness.observe(seconds),
    heartbeat(namespace, name, result) {
      const probe = found(namespace, name);
      if (probe) probe.heartbeats[result] += 1;
    },
    remove: (namespace, name) => void probes.delete(`${namespace}/${name}`),
    clear: () => probes.clear(),
  };
}

function newProbe(namespace: string, probe: string): ProbeSeries {
  return {
    labels: { namespace, probe },
    hops: new Map(),
    runs: { passed: 0, failed: 0 },
    heartbeats: { sent: 0, failed: 0 },
    lateness: compactHistogram(LATENESS_BUCKETS),
    consecutiveFailures: 0,
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

function* probeLines(probes: readonly ProbeSeries[]): Generator<string> {
  const perProbe = (samples: (probe: ProbeSeries) => readonly Sample[]) => each(probes, samples);
  const perHop = (samples: (hop: HopSeries, labels: Record<string, string>) => readonly Sample[]) =>
    perProbe(({ labels, hops }) => [...hops].flatMap(([hop, one]) => samples(one, { ...labels, hop })));
  yield* familyLines({
    name: 'awoooi_probe_hop_result',
    help: 'What the last run found of a hop: 1 passed, 0 failed, -1 not known (yet).',
    type: 'gauge',
    samples: perHop(({ result }, labels) => [{ labels, value: result }]),
  });
  yield* familyLines({
    name: 'awoooi_probe_hop_latency_seconds',
    help: 'How long a hop took.',
    type: 'histogram',
    samples: perHop(({ latency }, labels) => latency.samples(labels)),
  });
  yield* familyLines({
    name: 'awoooi_probe_hop_last_success_timestamp_seconds',
    help: 'Unix time in seconds at which a hop last passed; 0 where it never has.',
    type: 'gauge',
    samples: perHop(({ lastSuccess }, labels) => [{ labels, value: lastSuccess }]),
  });
  yield* familyLines({
    name: 'awoooi_probe_consecutive_failures',
    help: 'How many runs in a row have failed.',
    type: 'gauge',
    samples: perProbe(({ labels, consecutiveFailures }) => [{ labels, value: consecutiveFailures }]),
  });
  yield* familyLines({
    name: 'awoooi_probe_runs_total',
    help: 'Finished runs by result.',
    type: 'counter',
    samples: perProbe(({ labels, runs }) => byResult(labels, runs)),
  });
  yield* familyLines({
    name: 'awoooi_probe_heartbeats_total',
    help: "Pings of the probe's dead man's switch by result.",
    type: 'counter',
    samples: perProbe(({ labels, heartbeats }) => byResult(labels, heartbeats)),
  });
  yield* familyLines({
    name: 'awoooi_probe_run_lateness_seconds',
    help: 'How long after its time a scheduled run began.',
    type: 'histogram',
    samples: perProbe(({ labels, lateness }) => lateness.samples(labels)),
  });
}

function* each(probes: readonly ProbeSeries[], samples: (probe: ProbeSeries) => readonly Sample[]): Generator<Sample> {
  for (const probe of probes) yield* samples(probe);
}

function byResult(labels: Readonly<Record<string, string>>, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([result, value]) => ({ labels: { ...labels, result }, value }));
}
