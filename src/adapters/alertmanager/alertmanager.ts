import type { z } from 'zod';
import { quotedReceiver } from '../../domain/drills/receiver.ts';
import type { Alertmanager, AlertmanagerReplica, AlertState, FiringAlert, PostedAlert } from '../../domain/ports/alertmanager.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../net/outgoing.ts';
import { asker, onTheWire, parsedUrl, read, successful } from './api-call.ts';
import { liveConfiguration } from './configuration.ts';
import { notificationCounters } from './notification-counters.ts';
import { type Alert, AlertsAnswer, FiringAnswer, GroupsAnswer, SilenceAnswer, StatusAnswer, UptimeAnswer } from './schema.ts';

/** Alertmanager's API v2 (openapi.yaml) and its metrics, from 0.25 on, each replica at its own address. */
export function alertmanagerApi(client: OutgoingClient): Alertmanager {
  const ask = asker(client);

  return {
    async replicas(url, authorization, signal) {
      const host = parsedUrl(url).hostname.replace(/^\[(.*)\]$/, '$1');
      const addresses = await onTheWire(() => client.resolve(host, signal));
      return addresses.map(address => ({ url, address, ...(authorization !== undefined && { authorization }) }));
    },

    async post(replica, alerts, signal) {
      successful(replica, await ask(replica, { path: '/api/v2/alerts', body: alerts.map(onWire) }, signal));
    },

    async status(replica, signal) {
      const answer = await ask(replica, { path: '/api/v2/status' }, signal);
      const { versionInfo, cluster, config } = read(StatusAnswer, answer, replica);
      const time = new Date(answer.headers['date'] ?? Number.NaN);
      return {
        version: versionInfo.version,
        clusterPeers: cluster.peers?.length ?? 0,
        ...liveConfiguration(config.original),
        ...(!Number.isNaN(time.getTime()) && { time }),
      };
    },

    async upForMs(replica, signal) {
      return upForMs(replica, await ask(replica, { path: '/api/v2/status' }, signal));
    },

    async alerts(replica, { label, value }, signal) {
      const query = { filter: `${label}=${JSON.stringify(value)}` };
      const [alerts, groups] = await withGroups(ask, AlertsAnswer, { replica, query, signal });
      return alerts.map(alert => stateOf(alert, mutedIn(groups, alert)));
    },

    async alertByFingerprint(replica, fingerprint, signal) {
      const alerts = read(AlertsAnswer, await ask(replica, { path: '/api/v2/alerts' }, signal), replica);
      const alert = alerts.find(each => each.fingerprint === fingerprint);
      return alert && stateOf(alert, []);
    },

    async firing(replica, receiver, signal) {
      const query = { active: 'true', silenced: 'false', inhibited: 'false', receiver: `^${quotedReceiver(receiver)}$` };
      const [alerts, groups] = await withGroups(ask, FiringAnswer, { replica, query, signal });
      const muted = mutedEverywhere(groups);
      return alerts.filter(({ fingerprint }) => !muted.has(fingerprint)).map(asFiring);
    },

    async silence(replica, id, signal) {
      const answer = await ask(replica, { path: `/api/v2/silence/${encodeURIComponent(id)}` }, signal);
      if (answer.status === 404) return undefined;
      const silence = read(SilenceAnswer, answer, replica);
      return { ...silence, endsAt: new Date(silence.endsAt) };
    },

    async counters(replica, { receiver }, signal) {
      return notificationCounters(successful(replica, await ask(replica, { path: '/metrics' }, signal)), receiver);
    },
  };
}

interface Asked {
  readonly replica: AlertmanagerReplica;
  readonly query: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The alerts, as far as the schema reads them, and the groups that they are in. */
function withGroups<T>(
  ask: ReturnType<typeof asker>,
  schema: z.ZodType<T>,
  { replica, query, signal }: Asked,
): Promise<[T, z.infer<typeof GroupsAnswer>]> {
  return Promise.all([
    ask(replica, { path: '/api/v2/alerts', query }, signal).then(answer => read(schema, answer, replica)),
    ask(replica, { path: '/api/v2/alerts/groups', query }, signal).then(answer => read(GroupsAnswer, answer, replica)),
  ]);
}

function upForMs(replica: AlertmanagerReplica, answer: OutgoingAnswer): number {
  const started = Date.parse(read(UptimeAnswer, answer, replica).uptime);
  const time = Date.parse(answer.headers['date'] ?? '');
  if (!Number.isNaN(time)) return time - started;
  throw new PortError('malformed', 'the answer has no Date header, so that it is not known how long Alertmanager has been up');
}

function onWire({ labels, annotations, startsAt, endsAt }: PostedAlert): object {
  return { labels, annotations, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
}

/** `/alerts` leaves mutedBy empty even where it has the field (0.33); only the groups tell. */
function mutedIn(groups: z.infer<typeof GroupsAnswer>, { fingerprint }: Alert): string[] {
  const inGroups = groups.flatMap(group => group.alerts).filter(alert => alert.fingerprint === fingerprint);
  return [...new Set(inGroups.flatMap(alert => alert.status.mutedBy ?? []))];
}

/** Muted for the time of day wherever they go: then their notification is kept back, and was not missed. */
function mutedEverywhere(groups: z.infer<typeof GroupsAnswer>): ReadonlySet<string> {
  // Once for all of them: looked for one by one, thousands would hold up everything else for seconds.
  const alerts = groups.flatMap(group => group.alerts);
  const heard = new Set(alerts.filter(({ status }) => (status.mutedBy ?? []).length === 0).map(({ fingerprint }) => fingerprint));
  return new Set(alerts.flatMap(({ fingerprint }) => (heard.has(fingerprint) ? [] : [fingerprint])));
}

function asFiring({ fingerprint, labels, annotations, startsAt, endsAt, generatorURL }: z.infer<typeof FiringAnswer>[number]): FiringAlert {
  return { fingerprint, labels, annotations, startsAt, endsAt, generatorUrl: generatorURL ?? '' };
}

function stateOf({ fingerprint, labels, receivers, status }: Alert, mutedBy: readonly string[]): AlertState {
  const { state, silencedBy, inhibitedBy } = status;
  return { fingerprint, labels, receivers: receivers.map(receiver => receiver.name), state, silencedBy, inhibitedBy, mutedBy };
}
