import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { PortError } from './port-error.ts';

export interface ProbeName {
  readonly namespace: string;
  readonly name: string;
}

/** A run that was asked for: of this object, of this generation of its spec or a later one. */
export interface AskedRun {
  readonly uid: string;
  readonly generation: number;
  /** Nothing is run until somebody sets spec.suspend to false. */
  readonly suspended: boolean;
}

export type Awaited =
  | { readonly is: 'ended'; readonly probe: AlertChainProbe }
  /** Deleted meanwhile, or deleted and made anew. */
  | { readonly is: 'gone' }
  | { readonly is: 'suspended' }
  /** The signal aborted first; `failure` where the API server could not be asked at the end. */
  | { readonly is: 'pending'; readonly failure?: PortError };

/**
 * Asks the operator, through its cluster, for a run of one probe. What passes by itself (no answer, 429, 5xx) is tried again until the
 * signal aborts; other failures are PortErrors.
 */
export interface ProbeTrigger {
  /** Sets spec.runToken. Undefined where there is no such probe. */
  setRunToken(probe: ProbeName, token: string, signal: AbortSignal): Promise<AskedRun | undefined>;
  /** Resolves once a run that began after it was asked for has ended, whoever's token it carried, and Ready says what it found. */
  waitFor(probe: ProbeName, asked: AskedRun, signal: AbortSignal): Promise<Awaited>;
}
