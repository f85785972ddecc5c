import type { AlertSource } from '../alerts/alert.ts';

/** A Watchdog that a sender called resolved: everything else that resolves meanwhile may only have lost its voice. */
export interface BrokenChain {
  readonly source: AlertSource;
  /** Of the Watchdog. */
  readonly labels: Readonly<Record<string, string>>;
  readonly since: Date;
}

/** What is known of the chains above us; kept until the Watchdog fires again. Idempotent. */
export interface ChainState {
  broke(chain: BrokenChain, signal: AbortSignal): Promise<void>;
  mended(chain: Pick<BrokenChain, 'source' | 'labels'>, signal: AbortSignal): Promise<void>;
  broken(signal: AbortSignal): Promise<readonly BrokenChain[]>;
}
