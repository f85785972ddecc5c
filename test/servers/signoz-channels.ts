import type { Received, Reply } from './http-server.ts';
import { failure, jsonOf, Refusal, success } from './signoz-answers.ts';
import type { SignozRoutes } from './signoz-door.ts';
import { notify, type WebhookConfig } from './signoz-notifier.ts';
import { channelTestPayload, uuidFor } from './signoz-payload.ts';

export interface SignozReceiver {
  readonly name: string;
  readonly webhook_configs?: readonly WebhookConfig[];
  readonly [notifier: `${string}_configs`]: unknown;
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

export interface SignozChannels {
  readonly routes: SignozRoutes;
  readonly names: () => readonly string[];
  readonly receiver: (name: string) => SignozReceiver | undefined;
  /** Stores a channel, or replaces the one of this name. */
  readonly set: (receiver: SignozReceiver) => void;
}

/**
 * Notification channels (contracts/signoz.md, section 3). `usedBy` names the rules that send to a channel: it cannot be deleted while there
 * are any.
 */
export function signozChannels({ now, usedBy }: { now: () => Date; usedBy: (channel: string) => readonly string[] }): SignozChannels {
  const channels = new Map<string, Channel>();
  const receivers = new Map<string, SignozReceiver>();
  let made = 0;

  function store(receiver: SignozReceiver, before?: Channel): Channel {
    const at = now().toISOString();
    const { id = uuidFor(`channel ${++made}`), createdAt = at } = before ?? {};
    const type = notifiersOf(receiver)[0]?.replace(/_configs$/, '') ?? '';
    const data = JSON.stringify(withDefaults(receiver));
    const channel = { id, createdAt, updatedAt: at, name: receiver.name, type, data, orgId: uuidFor('org') };
    channels.set(id, channel);
    receivers.set(receiver.name, receiver);
    return channel;
  }

  const named = (name: string): Channel | undefined => [...channels.values()].find(channel => channel.name === name);

  function stored(id: string): Channel {
    const channel = channels.get(id);
    if (channel) return channel;
    throw new Refusal(`cannot find channel with ID: ${id}`, { status: 404, code: 'alertmanager_channel_not_found' });
  }

  function created({ body }: Received): Reply {
    const receiver = receiverIn(body);
    if (!named(receiver.name)) return success(201, store(receiver));
    throw new Refusal('the receiver name has to be unique, please choose a different name', { code: 'alertmanager_config_conflict' });
  }

  function replaced(channel: Channel, receiver: SignozReceiver): Reply {
    if (receiver.name !== channel.name) throw new Refusal('cannot update channel name', { code: 'alertmanager_channel_name_mismatch' });
    store(receiver, channel);
    return { status: 204 };
  }

  function deleted({ id, name }: Channel): Reply {
    const users = usedBy(name);
    const by = `it is used by the following routing policies: [${users.join(' ')}]`;
    if (users.length > 0) throw new Refusal(`channel "${name}" cannot be deleted because ${by}`);
    channels.delete(id);
    receivers.delete(name);
    return { status: 204 };
  }

  return {
    names: () => [...channels.values()].map(({ name }) => name),
    receiver: name => receivers.get(name),
    set: receiver => void store(receiver, named(receiver.name)),
    routes: {
      'GET /api/v1/channels': { role: 'viewer', handle: () => success(200, [...channels.values()]) },
      'POST /api/v1/channels': { role: 'admin', handle: created },
      'POST /api/v1/channels/test': { role: 'editor', handle: request => tested(request, now()) },
      'POST /api/v1/testChannel': { role: 'editor', handle: request => tested(request, now()) },
      'GET /api/v1/channels/{id}': { role: 'viewer', handle: ({ id }) => success(200, stored(id)) },
      'PUT /api/v1/channels/{id}': { role: 'admin', handle: ({ id, body }) => replaced(stored(id), receiverIn(body)) },
      'DELETE /api/v1/channels/{id}': { role: 'admin', handle: ({ id }) => deleted(stored(id)) },
    },
  };
}

/** The body need not be stored. It is really sent; what the notifier says of a failure is the answer. */
async function tested({ body }: Received, now: Date): Promise<Reply> {
  const receiver = receiverIn(body);
  const payload = channelTestPayload(receiver.name, now);
  for (const webhook of receiver.webhook_configs ?? []) {
    const failed = await notify(webhook, payload);
    if (failed) return failure(500, 'unknown', failed.error);
  }
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

function receiverIn(body: string): SignozReceiver {
  const receiver = jsonOf(body);
  const code = 'alertmanager_config_invalid';
  if (!isReceiver(receiver)) throw new Refusal('the receiver must have a name', { code });
  if (notifiersOf(receiver).length > 0) return receiver;
  const need = 'must have at least one notification configuration (e.g., email_configs, webhook_configs, slack_configs)';
  throw new Refusal(`channel '${receiver.name}' ${need}`, { code });
}

function isReceiver(value: unknown): value is SignozReceiver {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string' && value.name !== '';
}
