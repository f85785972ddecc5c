import { anomalyKey } from '../domain/alerts/anomaly-key.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import type { Alertmanager, AlertmanagerReplica } from '../domain/ports/alertmanager.ts';
import { PortError } from '../domain/ports/port-error.ts';

export interface AskedAlertmanagers {
  readonly api: Pick<Alertmanager, 'replicas' | 'alerts' | 'upForMs'>;
  readonly urls: readonly string[];
  readonly authorization: () => string | undefined;
}

/** `upForMs`: for how long all of them have been up, since one that has just been started knows of nothing. */
export type Listing = { readonly is: 'listed' } | { readonly is: 'absent'; readonly upForMs: number };

type Sought = Pick<Incident, 'anomalyKey' | 'labels'>;

/**
 * Whether any of the Alertmanagers has an alert of the incident's anomaly, silenced, inhibited and muted ones included. Throws PortError where
 * none has, but not all of them could be asked.
 */
export async function stillListed(sought: Sought, { api, urls, authorization }: AskedAlertmanagers, signal: AbortSignal): Promise<Listing> {
  const perUrl = await Promise.allSettled(urls.map(url => replicasOf(url, () => api.replicas(url, authorization(), signal))));
  const replicas = perUrl.flatMap(found => (found.status === 'fulfilled' ? found.value : []));
  const listings = await Promise.allSettled(replicas.map(replica => listedAt(replica, { sought, api, signal })));
  const answers = listings.flatMap(listing => (listing.status === 'fulfilled' ? [listing.value] : []));
  const listed = answers.find(({ is }) => is === 'listed');
  if (listed) return listed;
  const failure = [...perUrl, ...listings].find(each => each.status === 'rejected');
  if (failure) throw failure.reason;
  return { is: 'absent', upForMs: Math.min(...answers.map(answer => (answer.is === 'absent' ? answer.upForMs : Infinity))) };
}

/** A name without an address is no Alertmanager that has nothing. */
async function replicasOf(url: string, resolve: () => Promise<readonly AlertmanagerReplica[]>): Promise<readonly AlertmanagerReplica[]> {
  const replicas = await resolve();
  if (replicas.length > 0) return replicas;
  throw new PortError('unreachable', `the host of ${url} in AWOOOI_ALERTMANAGER_URLS has no address`);
}

interface Asking extends Pick<AskedAlertmanagers, 'api'> {
  readonly sought: Sought;
  readonly signal: AbortSignal;
}

async function listedAt(replica: AlertmanagerReplica, { sought, api, signal }: Asking): Promise<Listing> {
  const name = { label: 'alertname', value: sought.labels['alertname'] ?? '' };
  const alerts = await api.alerts(replica, name, signal);
  if (alerts.some(({ labels }) => anomalyKey('alertmanager', labels) === sought.anomalyKey)) return { is: 'listed' };
  // Asked afterwards: one that was started again in between has been up for a moment only.
  return { is: 'absent', upForMs: await api.upForMs(replica, signal) };
}
