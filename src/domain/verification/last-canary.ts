import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { AlertSource } from '../alerts/alert.ts';

/** Hops that prove the way of a sender up to our door, by their type. */
const PROVES: Readonly<Record<string, AlertSource>> = {
  AlertmanagerCanary: 'alertmanager',
  SignozCanary: 'signoz',
  SentryWebhook: 'sentry',
};

/** When a hop of any probe last proved the way of this sender. */
export function lastCanary(probes: readonly Pick<AlertChainProbe, 'status'>[], source: AlertSource): Date | undefined {
  const times = probes.flatMap(({ status }) =>
    (status?.hops ?? []).flatMap(({ type, lastSuccessTime }) =>
      PROVES[type] === source && lastSuccessTime !== undefined ? [Date.parse(lastSuccessTime)] : [],
    ),
  );
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}
