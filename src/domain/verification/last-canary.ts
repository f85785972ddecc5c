import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { AlertChainProbeStatus, HopStatus } from '../../crds/alertchainprobe/status.ts';
import type { AlertSource } from '../alerts/alert.ts';

/** Hops that prove the way of a sender up to our door, by their type. */
const PROVES: Readonly<Record<string, AlertSource>> = {
  AlertmanagerCanary: 'alertmanager',
  SignozCanary: 'signoz',
  SentryWebhook: 'sentry',
};

export interface LastCanary {
  /** When the hop last proved the way. */
  readonly at: Date;
  /** Not before this is it known that there was no gap; later than `at` where the hop has failed since. */
  readonly steadySince: Date;
}

/** When each hop of any probe last proved the way of this sender, and since when without a gap. */
export function lastCanaries(probes: readonly Pick<AlertChainProbe, 'status'>[], source: AlertSource): readonly LastCanary[] {
  return probes.flatMap(({ status = {} }) =>
    (status.hops ?? []).filter(({ type }) => PROVES[type] === source).flatMap(hop => canaryOf(hop, status) ?? []),
  );
}

function canaryOf({ result, lastSuccessTime, steadySince }: HopStatus, status: AlertChainProbeStatus): LastCanary | undefined {
  if (lastSuccessTime === undefined) return undefined;
  const steady = result === 'Passed' ? steadySince : lastFinished(status);
  return { at: new Date(lastSuccessTime), steadySince: new Date(steady ?? lastSuccessTime) };
}

/** When the run ended that the hops are of. */
function lastFinished({ history = [] }: AlertChainProbeStatus): string | undefined {
  return history.find(({ result }) => result !== 'Interrupted')?.finishedAt;
}
