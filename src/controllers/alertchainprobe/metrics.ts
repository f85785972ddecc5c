import type { RunResult } from '../../domain/chain/hop-result.ts';

/** The metric series of probes: there from the first moment of an object, gone with it. */
export interface ProbeMetrics {
  register(namespace: string, name: string, hops: readonly string[]): void;
  observe(run: { namespace: string; name: string; result: RunResult; passed: boolean; consecutiveFailures: number }): void;
  late(namespace: string, name: string, seconds: number): void;
  remove(namespace: string, name: string): void;
}
