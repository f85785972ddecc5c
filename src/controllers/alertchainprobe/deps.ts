import type { RunChain } from '../../domain/chain/hop-ports.ts';
import type { RunResult } from '../../domain/chain/hop-result.ts';
import type { Announced, Announcer } from '../../domain/ports/announcer.ts';
import type { Rollouts } from '../../domain/ports/rollouts.ts';
import type { ProbeMetrics } from '../../telemetry/probe-metrics.ts';
import type { Tasks } from './tasks.ts';

/** An attempt at telling people, with the time it ended: a failed one is repeated after a while. */
export interface Attempt {
  readonly announced: Announced;
  readonly at: Date;
}

export interface ProbeDeps {
  readonly runChain: RunChain;
  readonly announcer: Announcer;
  readonly rollouts: Rollouts;
  /** Runs under way, notices and heartbeats being sent: each by the probe's key. */
  readonly runs: Tasks<RunResult>;
  readonly notices: Tasks<Attempt>;
  readonly heartbeats: Tasks<Attempt>;
  /** When runs under way were due, for their lateness. */
  readonly plans: Map<string, Date>;
  readonly metrics: ProbeMetrics;
  readonly newRunId: () => string;
  readonly now: () => Date;
  /** Gives up all work of a key and removes its metric series. */
  forget(key: string): void;
}
