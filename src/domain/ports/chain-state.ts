import type { AlertSource } from '../alerts/alert.ts';

/** A Watchdog that a sender called resolved: everything else that resolves meanwhile may only have lost its voice. */
export interface BrokenChain {
  readonly source: AlertSource;
  /** Of the Watchdog. */
  readonly labels: Readonly<Record<string, string>>;
  readonly since: Date;
  /** By which people were told; absent until they were. */
  readonly incidentId?: string;
}

/** What is known of the chains above us; kept until the Watchdog fires again, or people resolve the incident. Idempotent. */
export interface ChainState {
  broke(chain: BrokenChain, signal: AbortSignal): Promise<void>;
  /** Notes the newest incident of a chain that is broken; of any other it keeps nothing. */
  told(chain: Pick<BrokenChain, 'source' | 'labels'>, incidentId: string, signal: AbortSignal): Promise<void>;
  mended(chain: Pick<BrokenChain, 'source' | 'labels'>, signal: AbortSignal): Promise<void>;
  broken(signal: AbortSignal): Promise<readonly BrokenChain[]>;
}
