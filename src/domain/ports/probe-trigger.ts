import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';

export interface ProbeName {
  readonly namespace: string;
  readonly name: string;
}

export type Awaited =
  | { readonly is: 'ended'; readonly probe: AlertChainProbe }
  /** Deleted meanwhile. */
  | { readonly is: 'gone' }
  /** The signal aborted first. */
  | { readonly is: 'pending' };

/** Asks the operator, through its cluster, for a run of one probe. Failures are PortErrors. */
export interface ProbeTrigger {
  /** Sets spec.runToken. False where there is no such probe. */
  setRunToken(probe: ProbeName, token: string, signal: AbortSignal): Promise<boolean>;
  /** Resolves once status.runToken is this token, so that a run that began after it was set has ended. */
  waitFor(probe: ProbeName, token: string, signal: AbortSignal): Promise<Awaited>;
}
