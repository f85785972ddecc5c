import type { HopType } from '../../crds/alertchainprobe/hop.ts';

/** Why a canary through Alertmanager did not come back as it should: the closed list of the AlertmanagerCanary hop. */
export type CanaryCause =
  | 'ApiUnreachable'
  | 'ApiRefused'
  | 'Silenced'
  | 'Inhibited'
  | 'Muted'
  | 'NotRouted'
  | 'RouteMissing'
  | 'DeliveredElsewhere'
  | 'NotDelivered'
  | 'ReceiverRefused'
  | 'ReceiverUnavailable'
  | 'Redirected'
  | 'DeliveredLate'
  | 'PartlyDelivered';

/** What only a person can mend: the spec, a Secret or the operator's configuration. The probe is Stalled by these. */
export type ConfigurationCause =
  | 'SecretNotFound'
  | 'SecretKeyNotFound'
  | 'SecretEmpty'
  | 'AddressDenied'
  | 'NotConfigured'
  | 'ChannelNotOurs';

/** Why any other hop failed. */
export type HopCause =
  | CanaryCause
  | ConfigurationCause
  | 'NameNotResolved'
  | 'Unreachable'
  | 'TimedOut'
  | 'BadStatus'
  | 'Unauthorized'
  | 'Forbidden'
  | 'BadAnswer'
  | 'AnswerTooLarge'
  | 'RateLimited'
  | 'NotConnected'
  | 'ChatNotFound'
  | 'ChannelNotFound'
  | 'SendFailed'
  | 'NotReturned'
  | 'WatchdogMissing'
  | 'WatchdogStale'
  | 'WatchdogResolved'
  | 'StoreUnavailable'
  | 'Unexpected';

/** `Unknown`: the hop could not be tried, so nothing is known of this part of the chain; it never counts as passed. */
export interface HopResult {
  readonly name: string;
  readonly type: HopType;
  readonly result: 'Passed' | 'Failed' | 'Unknown';
  readonly cause?: HopCause;
  /** A sentence for people: what is wrong, where, and what to do. Without secrets and control characters. */
  readonly message: string;
  readonly latencyMs?: number;
  readonly statusCode?: number;
}

/** One finished run of all hops. */
export interface RunResult {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** In the order of the spec. */
  readonly hops: readonly HopResult[];
}

const CONFIGURATION: ReadonlySet<string> = new Set<ConfigurationCause>([
  'SecretNotFound',
  'SecretKeyNotFound',
  'SecretEmpty',
  'AddressDenied',
  'NotConfigured',
  'ChannelNotOurs',
]);

/** True for causes that no retry mends. */
export function isConfigurationCause(cause: string | undefined): boolean {
  return cause !== undefined && CONFIGURATION.has(cause);
}

/** True only when every hop passed; a run without hops proves nothing. */
export function runPassed({ hops }: RunResult): boolean {
  return hops.length > 0 && hops.every(hop => hop.result === 'Passed');
}
