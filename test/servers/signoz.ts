import { type HttpServer, startHttpServer } from './http-server.ts';
import { type SignozAlerts, signozAlerts } from './signoz-alerts.ts';
import { type SignozReceiver, signozChannels } from './signoz-channels.ts';
import { type SignozRole, type SignozRoute, type SignozRoutes, signozDoor } from './signoz-door.ts';
import type { SignozLatency } from './signoz-pace.ts';
import { type SignozRules, signozRules } from './signoz-rules.ts';

export interface SignozOptions {
  /** API keys and the role of each. */
  readonly keys?: Readonly<Record<string, SignozRole>>;
  readonly channels?: readonly SignozReceiver[];
  /** Where the organisation's own policies send what a rule leaves to them: nowhere, unless told. */
  readonly policyChannels?: readonly string[];
  /** With it, as by default in SigNoz, an unknown route is answered 200 with a page; without it 404 in plain text. */
  readonly webUi?: boolean;
  /** A path below which all routes live, for example `/signoz`. */
  readonly basePath?: string;
  readonly port?: number;
  /** Before v0.120 there is no `/api/v2/rules`. */
  readonly version?: `v0.${number}.${number}`;
  readonly now?: () => Date;
  /** How long calls about rules take, for example MEASURED_LATENCY; no time, unless told. */
  readonly latency?: SignozLatency;
  /** Rules of another instance have other ids. */
  readonly instance?: string;
  /** How soon a notification is tried again, and for how long: in short, what takes SigNoz from ten seconds to a group interval. */
  readonly retry?: { readonly firstMs: number; readonly withinMs: number };
}

type Inside = Pick<SignozAlerts, 'fire' | 'resolve' | 'flush' | 'expire'> & Omit<SignozRules, 'routes' | 'find' | 'usersOf'>;

export interface Signoz extends HttpServer, Inside {
  readonly editorKey: string;
  readonly adminKey: string;
  /** From now on these keys hold, with their roles, and no others. */
  setKeys(keys: Readonly<Record<string, SignozRole>>): void;
  /** Names of stored channels. */
  channelNames(): readonly string[];
  /** Stores a channel, or replaces the one of this name. */
  setChannel(receiver: SignozReceiver): void;
}

const EDITOR_KEY = 'ZWRpdG9yLWtleS1vZi10aGUtc3RhbmQtaW4tc2lnbm96';
const ADMIN_KEY = 'YWRtaW4ta2V5LW9mLXRoZS1zdGFuZC1pbi1zaWdub3o=';

/** SigNoz v0.138 as far as channels, rules and their alerts go (contracts/signoz.md): it keeps credentials in clear and really sends. */
export async function startSignoz(options: SignozOptions = {}): Promise<Signoz> {
  const { webUi = true, basePath = '', port, now = () => new Date(), instance = '', latency } = options;
  const { version = 'v0.138.0', policyChannels = [], retry = { firstMs: 50, withinMs: 10_000 } } = options;
  let keys = options.keys ?? { [EDITOR_KEY]: 'editor', [ADMIN_KEY]: 'admin' };
  const channels = signozChannels({ now, usedBy: name => rules.usersOf(name) });
  const { names: channelNames, receiver } = channels;
  const alerts = signozAlerts({ now, rule: id => rules.find(id), channelNames, receiver, policyChannels, retry });
  const { isFiring, orphan, test } = alerts;
  const rules = signozRules({ now, channelNames, isFiring, orphan, test, minor: minorOf(version), instance, latency });
  for (const channel of options.channels ?? []) channels.set(channel);

  const routes = { ...stateRoutes(version), ...channels.routes, ...rules.routes, ...alerts.routes };
  const server = await startHttpServer({
    handle: signozDoor({ routes, keys: () => keys, webUi, basePath }),
    ...(port !== undefined && { port }),
  });
  const { fire, resolve, flush, expire } = alerts;
  const { routes: _routes, find: _find, usersOf: _usersOf, ...hands } = rules;
  const inside: Inside = { fire, resolve, flush, expire, ...hands };
  return {
    ...server,
    ...inside,
    url: `${server.url}${basePath}`,
    editorKey: EDITOR_KEY,
    adminKey: ADMIN_KEY,
    setKeys: given => {
      keys = given;
    },
    channelNames,
    setChannel: channels.set,
    stop: () => {
      alerts.stop();
      return server.stop();
    },
  };
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

/** What says how SigNoz is: open to anybody, and without the envelope in v1. */
function stateRoutes(version: string): SignozRoutes {
  const healthy = open({ status: 'success', data: { healthy: true, services: { running: ['alertmanager', 'ruler'] } } });
  return {
    'GET /api/v1/health': open({ status: 'ok' }),
    'GET /api/v1/version': open({ version, ee: 'Y', setupCompleted: true }),
    'GET /api/v2/healthz': healthy,
    'GET /api/v2/readyz': healthy,
    'GET /api/v2/livez': open({ status: 'success', data: null }),
  };
}

function open(body: unknown): SignozRoute {
  return { role: 'anybody', handle: () => ({ status: 200, body }) };
}
