import { type HttpServer, type Received, type Reply, startHttpServer } from './http-server.ts';
import { channelTestPayload, type HttpConfig, notify, uuidFor } from './signoz-notifier.ts';

type SignozRole = 'viewer' | 'editor' | 'admin';

interface SignozReceiver {
  readonly name: string;
  readonly webhook_configs?: readonly { readonly url: string; readonly http_config?: HttpConfig; readonly send_resolved?: boolean }[];
  readonly [notifier: `${string}_configs`]: unknown;
}

export interface SignozOptions {
  /** API keys and the role of each. */
  readonly keys?: Readonly<Record<string, SignozRole>>;
  readonly channels?: readonly SignozReceiver[];
  /** With it, as by default in SigNoz, an unknown route is answered 200 with a page; without it 404 in plain text. */
  readonly webUi?: boolean;
  /** A path below which all routes live, for example `/signoz`. */
  readonly basePath?: string;
  readonly port?: number;
}

export interface Signoz extends HttpServer {
  readonly editorKey: string;
  readonly adminKey: string;
  /** Names of stored channels. */
  channelNames(): readonly string[];
  /** Stores a channel, or replaces the one of this name. */
  setChannel(receiver: SignozReceiver): void;
}

interface Channel {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly name: string;
  readonly type: string;
  /** A JSON string, credentials in clear. */
  readonly data: string;
  readonly orgId: string;
}

interface Asked extends Received {
  /** Its last part, where the route has one. */
  readonly id: string;
}

interface Route {
  readonly role: SignozRole | 'anybody';
  handle(request: Asked): Reply | Promise<Reply>;
}

const RANK: Readonly<Record<SignozRole | 'anybody', number>> = { anybody: 0, viewer: 1, editor: 2, admin: 3 };
const WHO: Readonly<Record<SignozRole, string>> = { viewer: 'viewers/editors/admins', editor: 'editors/admins', admin: 'admins' };
const EDITOR_KEY = 'ZWRpdG9yLWtleS1vZi10aGUtc3RhbmQtaW4tc2lnbm96';
const ADMIN_KEY = 'YWRtaW4ta2V5LW9mLXRoZS1zdGFuZC1pbi1zaWdub3o=';
const PAGE = '<!doctype html><html><head><title>SigNoz</title></head><body></body></html>';

/** SigNoz v0.138 as far as channels go (contracts/signoz.md, sections 1, 3, 4 and 10): it keeps credentials in clear and really sends its tests. */
export async function startSignoz(options: SignozOptions = {}): Promise<Signoz> {
  const { keys = { [EDITOR_KEY]: 'editor', [ADMIN_KEY]: 'admin' }, webUi = true, basePath = '', port } = options;
  const channels = new Map<string, Channel>();
  let made = 0;

  function store(receiver: SignozReceiver, before?: Channel): Channel {
    const now = new Date().toISOString();
    const { id = uuidFor(`channel ${++made}`), createdAt = now } = before ?? {};
    const type = notifiersOf(receiver)[0]?.replace(/_configs$/, '') ?? '';
    const data = JSON.stringify(withDefaults(receiver));
    const channel = { id, createdAt, updatedAt: now, name: receiver.name, type, data, orgId: uuidFor('org') };
    channels.set(id, channel);
    return channel;
  }

  const named = (name: string): Channel | undefined => [...channels.values()].find(channel => channel.name === name);
  for (const receiver of options.channels ?? []) store(receiver);

  const stored = (id: string, then: (channel: Channel) => Reply): Reply => {
    const channel = channels.get(id);
    return channel ? then(channel) : failure(404, 'alertmanager_channel_not_found', `cannot find channel with ID: ${id}`);
  };

  const routes: Readonly<Record<string, Route>> = {
    'GET /api/v1/health': { role: 'anybody', handle: () => ({ status: 200, body: { status: 'ok' } }) },
    'GET /api/v1/version': {
      role: 'anybody',
      handle: () => ({ status: 200, body: { version: 'v0.138.0', ee: 'Y', setupCompleted: true } }),
    },
    'GET /api/v1/channels': { role: 'viewer', handle: () => success(200, [...channels.values()]) },
    'POST /api/v1/channels': {
      role: 'admin',
      handle: ({ body }) => {
        const receiver = receiverIn(body);
        if (isReply(receiver)) return receiver;
        const taken = named(receiver.name) !== undefined;
        const unique = 'the receiver name has to be unique, please choose a different name';
        return taken ? failure(400, 'alertmanager_config_conflict', unique) : success(201, store(receiver));
      },
    },
    'POST /api/v1/channels/test': { role: 'editor', handle: tested },
    'POST /api/v1/testChannel': { role: 'editor', handle: tested },
    'GET /api/v1/channels/{id}': { role: 'viewer', handle: ({ id }) => stored(id, channel => success(200, channel)) },
    'PUT /api/v1/channels/{id}': {
      role: 'admin',
      handle: ({ id, body }) => stored(id, channel => replaced(channel, receiverIn(body), store)),
    },
    'DELETE /api/v1/channels/{id}': {
      role: 'admin',
      handle: ({ id }) => stored(id, () => (channels.delete(id) ? { status: 204 } : { status: 404 })),
    },
  };

  function handle(request: Received): Reply | Promise<Reply> {
    const path = request.path.startsWith(`${basePath}/`) ? request.path.slice(basePath.length) : '';
    const id = /^\/api\/v1\/channels\/([^/]+)$/.exec(path)?.[1] ?? '';
    const route = routes[`${request.method} ${path}`] ?? (id ? routes[`${request.method} /api/v1/channels/{id}`] : undefined);
    if (!route) return webUi ? page() : { status: 404, body: '404 page not found\n' };
    if (route.role === 'anybody') return route.handle({ ...request, id });
    // A session token is tried first and wins over the key, so a key beside it does not help.
    const role = request.headers['authorization'] === undefined ? keys[request.headers['signoz-api-key'] ?? ''] : undefined;
    if (role === undefined) return failure(401, 'unauthenticated', 'unauthenticated');
    const allowed = RANK[role] >= RANK[route.role];
    return allowed ? route.handle({ ...request, id }) : failure(403, 'authz_forbidden', `only ${WHO[route.role]} can access this resource`);
  }

  const server = await startHttpServer({ handle, ...(port !== undefined && { port }) });
  return {
    ...server,
    url: `${server.url}${basePath}`,
    editorKey: EDITOR_KEY,
    adminKey: ADMIN_KEY,
    channelNames: () => [...channels.values()].map(({ name }) => name),
    setChannel: receiver => void store(receiver, named(receiver.name)),
  };
}

/** The body need not be stored. It is really sent; what the notifier says of a failure is the answer. */
async function tested({ body }: Received): Promise<Reply> {
  const receiver = receiverIn(body);
  if (isReply(receiver)) return receiver;
  const payload = channelTestPayload(receiver.name, { now: new Date(), externalURL: 'http://localhost:8080' });
  for (const webhook of receiver.webhook_configs ?? []) {
    const error = await notify(webhook, payload);
    if (error !== undefined) return failure(500, 'unknown', error);
  }
  return { status: 204 };
}

function replaced(
  channel: Channel,
  receiver: SignozReceiver | Reply,
  store: (receiver: SignozReceiver, before: Channel) => Channel,
): Reply {
  if (isReply(receiver)) return receiver;
  if (receiver.name !== channel.name) return failure(400, 'alertmanager_channel_name_mismatch', 'cannot update channel name');
  store(receiver, channel);
  return { status: 204 };
}

/** What SigNoz adds to a receiver when it stores it. */
function withDefaults(receiver: SignozReceiver): object {
  const webhooks = receiver.webhook_configs?.map(({ http_config: config, ...webhook }) => ({
    send_resolved: true,
    http_config: { ...config, follow_redirects: config?.follow_redirects ?? true, enable_http2: true },
    url_file: '',
    max_alerts: 0,
    timeout: 0,
    ...webhook,
  }));
  return { ...receiver, ...(webhooks && { webhook_configs: webhooks }) };
}

function notifiersOf(receiver: object): string[] {
  return Object.entries(receiver).flatMap(([key, value]) =>
    key.endsWith('_configs') && Array.isArray(value) && value.length > 0 ? [key] : [],
  );
}

/** The receiver in a body, or the answer to one that is none. */
function receiverIn(body: string): SignozReceiver | Reply {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return failure(500, 'unknown', `invalid character '${body[0] ?? ''}' looking for beginning of value`);
  }
  if (!isReceiver(parsed)) return failure(400, 'alertmanager_config_invalid', 'the receiver must have a name');
  if (notifiersOf(parsed).length > 0) return parsed;
  const need = 'must have at least one notification configuration (e.g., email_configs, webhook_configs, slack_configs)';
  return failure(400, 'alertmanager_config_invalid', `channel '${parsed.name}' ${need}`);
}

function isReceiver(value: unknown): value is SignozReceiver {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string' && value.name !== '';
}

function isReply(value: SignozReceiver | Reply): value is Reply {
  return 'status' in value;
}

function page(): Reply {
  return { status: 200, body: PAGE, headers: { 'content-type': 'text/html; charset=utf-8' } };
}

function success(status: number, data: unknown): Reply {
  return { status, body: { status: 'success', data } };
}

/** Error types by status (contracts/signoz.md, section 1.3). */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid-input',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  500: 'internal',
};

function failure(status: number, code: string, message: string): Reply {
  const error = { type: TYPES[status], code, message, errors: [], suggestions: [] };
  return { status, body: { status: 'error', error } };
}
