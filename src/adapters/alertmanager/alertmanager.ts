import type { z } from 'zod';
import type { Alertmanager, AlertmanagerReplica, AlertState, PostedAlert } from '../../domain/ports/alertmanager.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { statusFault, wireError } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../net/outgoing.ts';
import { liveConfiguration } from './configuration.ts';
import { notificationCounters } from './notification-counters.ts';
import { type Alert, AlertsAnswer, GroupsAnswer, SilenceAnswer, StatusAnswer } from './schema.ts';

/** One replica that hangs must leave time for the others and for finding out why. */
const CALL_DEADLINE_MS = 5_000;

interface Call {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Alertmanager's API v2 (openapi.yaml) and its metrics, from 0.25 on, each replica at its own address. */
export function alertmanagerApi(client: OutgoingClient): Alertmanager {
  const ask = asker(client);

  return {
    async replicas(url, authorization, signal) {
      const host = parsed(url).hostname.replace(/^\[(.*)\]$/, '$1');
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

    async alerts(replica, { label, value }, signal) {
      const query = { filter: `${label}=${JSON.stringify(value)}` };
      const [alerts, groups] = await Promise.all([
        ask(replica, { path: '/api/v2/alerts', query }, signal).then(answer => read(AlertsAnswer, answer, replica)),
        ask(replica, { path: '/api/v2/alerts/groups', query }, signal).then(answer => read(GroupsAnswer, answer, replica)),
      ]);
      return alerts.map(alert => stateOf(alert, mutedIn(groups, alert)));
    },

    async alertByFingerprint(replica, fingerprint, signal) {
      const alerts = read(AlertsAnswer, await ask(replica, { path: '/api/v2/alerts' }, signal), replica);
      const alert = alerts.find(each => each.fingerprint === fingerprint);
      return alert && stateOf(alert, []);
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

function asker(client: OutgoingClient) {
  return (replica: AlertmanagerReplica, { path, query, body }: Call, signal: AbortSignal): Promise<OutgoingAnswer> => {
    const url = parsed(replica.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
    url.search = new URLSearchParams(query).toString();
    const headers = {
      accept: '*/*',
      ...(replica.authorization !== undefined && { authorization: replica.authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    return onTheWire(() =>
      client.send({
        method: body === undefined ? 'GET' : 'POST',
        url: url.href,
        address: replica.address,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        deadlineMs: CALL_DEADLINE_MS,
        signal,
      }),
    );
  };
}

async function onTheWire<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (err) {
    throw err instanceof NetError ? wireError(err) : err;
  }
}

function parsed(url: string): URL {
  const found = URL.parse(url);
  if (found) return found;
  throw new PortError('rejected', `${excerpt(url)} is not a URL`);
}

function onWire({ labels, annotations, startsAt, endsAt }: PostedAlert): object {
  return { labels, annotations, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
}

/** The body of a 2xx answer; anything else is a PortError with what Alertmanager said. */
function successful({ authorization }: AlertmanagerReplica, { status, body }: OutgoingAnswer): string {
  const fault = statusFault(status);
  if (fault === undefined) return body;
  const said = excerpt(body, authorization === undefined ? [] : [authorization]);
  throw new PortError(fault, `Alertmanager answered ${status}${said === '' ? '' : `: ${said}`}`, { statusCode: status });
}

function read<T>(schema: z.ZodType<T>, answer: OutgoingAnswer, replica: AlertmanagerReplica): T {
  const body = successful(replica, answer);
  const result = schema.safeParse(jsonIn(body));
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw new PortError(
    'malformed',
    `the answer is not that of Alertmanager's API v2${where === '' ? '' : ` (at ${where})`}: ${excerpt(body)}`,
    {
      statusCode: answer.status,
    },
  );
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** `/alerts` leaves mutedBy empty even where it has the field (0.33); only the groups tell. */
function mutedIn(groups: z.infer<typeof GroupsAnswer>, { fingerprint }: Alert): string[] {
  const inGroups = groups.flatMap(group => group.alerts).filter(alert => alert.fingerprint === fingerprint);
  return [...new Set(inGroups.flatMap(alert => alert.status.mutedBy ?? []))];
}

function stateOf({ fingerprint, labels, receivers, status }: Alert, mutedBy: readonly string[]): AlertState {
  const { state, silencedBy, inhibitedBy } = status;
  return { fingerprint, labels, receivers: receivers.map(receiver => receiver.name), state, silencedBy, inhibitedBy, mutedBy };
}
