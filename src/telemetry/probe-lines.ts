import type { CompactHistogram } from './compact-histogram.ts';
import { familyLines, type Sample } from './exposition.ts';

/** What stands of a probe after a turn: its verdict, and what keeps it from being one. */
export interface JudgedProbe {
  /** The status of the condition ChainHealthy. */
  readonly healthy: 'True' | 'False' | 'Unknown';
  readonly suspended: boolean;
  /** A maintenance window is open: nobody is to be told. */
  readonly maintenance: boolean;
  /** When the next scheduled run is due. */
  readonly nextRunTime?: string | undefined;
}

export interface HopSeries {
  /** False until this process has run the hop, or read of it. */
  known: boolean;
  result: number;
  lastSuccess: number;
  readonly latency: CompactHistogram;
}

export interface ProbeSeries {
  readonly labels: { readonly namespace: string; readonly probe: string };
  readonly hops: Map<string, HopSeries>;
  readonly runs: { passed: number; failed: number };
  readonly heartbeats: { sent: number; failed: number };
  readonly lateness: CompactHistogram;
  consecutiveFailures: number;
  judged: JudgedProbe;
}

/** What a condition's status is as a number. */
export const VALUE_OF_STATUS = { True: 1, False: 0, Unknown: -1 } as const;

/** All series of probes, but for those that say how many there are. */
export function* probeLines(probes: readonly ProbeSeries[]): Generator<string> {
  yield* hopLines(probes);
  yield* judgementLines(probes);
  yield* runLines(probes);
}

function* hopLines(probes: readonly ProbeSeries[]): Generator<string> {
  const perHop = (samples: (hop: HopSeries, labels: Record<string, string>) => readonly Sample[]) =>
    each(probes, ({ labels, hops }) => [...hops].flatMap(([hop, one]) => samples(one, { ...labels, hop })));
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
}

function* judgementLines(probes: readonly ProbeSeries[]): Generator<string> {
  const gauge = (name: string, help: string, valueOf: (judged: JudgedProbe) => number): Generator<string> =>
    familyLines({ name, help, type: 'gauge', samples: each(probes, ({ labels, judged }) => [{ labels, value: valueOf(judged) }]) });
  yield* gauge(
    'awoooi_probe_chain_healthy',
    'What the condition ChainHealthy says: 1 True, 0 False, -1 Unknown.',
    ({ healthy }) => VALUE_OF_STATUS[healthy],
  );
  yield* gauge('awoooi_probe_suspended', 'Whether the probe is suspended: 1 or 0.', ({ suspended }) => Number(suspended));
  yield* gauge('awoooi_probe_maintenance', 'Whether a maintenance window of the probe is open: 1 or 0.', ({ maintenance }) =>
    Number(maintenance),
  );
  yield* gauge(
    'awoooi_probe_next_run_timestamp_seconds',
    'Unix time in seconds at which the next scheduled run is due; 0 where none is.',
    ({ nextRunTime }) => (Date.parse(nextRunTime ?? '') || 0) / 1000,
  );
}

function* runLines(probes: readonly ProbeSeries[]): Generator<string> {
  const perProbe = (samples: (probe: ProbeSeries) => readonly Sample[]) => each(probes, samples);
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
