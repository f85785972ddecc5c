import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

/** What is counted of repairs. */
export interface RepairMetrics {
  /** A run has ended in this phase. */
  readonly ended: (phase: string) => void;
  /** So long after its approval the first step of a run was done. */
  readonly firstCall: (seconds: number) => void;
  /** Where to read the phase of every run. */
  readonly readFrom: (phases: () => Iterable<string>) => void;
}

function nobody(): Iterable<string> {
  return [];
}

/** `phases`: every phase that a run can be in, `ended` those that it never leaves. */
export function repairMetrics(page: Metrics, { phases, ended }: { phases: readonly string[]; ended: readonly string[] }): RepairMetrics {
  const make = instruments(page);
  const runs = make.counter({ name: 'awoooi_repair_runs_total', help: 'RepairRuns that have ended, by how.', labels: ['phase'] });
  const firstCalls = make.histogram({
    name: 'awoooi_repair_first_call_seconds',
    help: 'How long after the approval of a RepairRun the call of its first step began.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
  });
  let read: () => Iterable<string> = nobody;
  make.gauge({
    name: 'awoooi_repair_runs',
    help: 'RepairRuns by phase.',
    labels: ['phase'],
    collect: gauge => {
      const counts = new Map<string, number>(phases.map(phase => [phase, 0]));
      for (const phase of read()) counts.set(phase, (counts.get(phase) ?? 0) + 1);
      for (const [phase, count] of counts) gauge.set({ phase }, count);
    },
  });
  for (const phase of ended) runs.inc({ phase }, 0);
  return {
    ended: phase => runs.inc({ phase }),
    firstCall: seconds => firstCalls.observe(seconds),
    readFrom: phases => {
      read = phases;
    },
  };
}
