import type { HopSpec, HopType } from '../crds/alertchainprobe/hop.ts';
import type { HopPorts, RunRequest } from '../domain/chain/hop-ports.ts';
import type { HopCause, HopResult } from '../domain/chain/hop-result.ts';

/** What a hop gets besides its own spec. `signal` aborts at the hop's deadline and when the run is called off. */
export interface HopContext {
  readonly request: RunRequest;
  readonly ports: HopPorts;
  readonly signal: AbortSignal;
  readonly startedAt: Date;
  /** Milliseconds since the hop began, by a clock that nobody steps. */
  readonly elapsedMs: () => number;
  /** What the hop has in all; at its end `signal` aborts and what the hop still says is not heard. */
  readonly timeoutMs: number;
}

/** Tries one hop. Says in its result what failed and why; what it throws becomes a result by the run's own mapping. */
export type RunHop = (hop: HopSpec, ctx: HopContext) => Promise<HopResult>;

export type HopTable = Readonly<Record<HopType, RunHop>>;

export interface HopFacts {
  readonly latencyMs?: number;
  readonly statusCode?: number;
}

export function passed({ name, type }: HopSpec, message: string, facts: HopFacts = {}): HopResult {
  return { name, type, result: 'Passed', message, ...facts };
}

/** Why a hop failed and what to do, with what was measured on the way. */
export interface Failure extends HopFacts {
  readonly cause: HopCause;
  readonly message: string;
}

export function failed({ name, type }: HopSpec, failure: Failure): HopResult {
  return { name, type, result: 'Failed', ...failure };
}

/** For a hop that could not be tried: nothing is known of that part of the chain. */
export function unknown({ name, type }: HopSpec, failure: Failure): HopResult {
  return { name, type, result: 'Unknown', ...failure };
}
