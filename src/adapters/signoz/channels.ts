import { PortError } from '../../domain/ports/port-error.ts';
import type { SignozCanaryAnswer, SignozCanaryRequest, SignozChannels } from '../../domain/ports/signoz-channels.ts';
import { parsedJson } from '../../domain/text/json.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';
import { leadsElsewhere } from './our-webhook.ts';
import { apiError } from './refusal.ts';
import { Receiver } from './schema.ts';
import { type Ask, SENDING_DEADLINE_MS, signozAsk } from './signoz-api.ts';
import { storedChannels } from './stored-channels.ts';

/** SignozChannels over the outgoing client (contracts/signoz.md, sections 3.1 and 10). Stored credentials stay in here. */
export function signozChannels(client: OutgoingClient, now = () => new Date()): SignozChannels {
  return {
    async sendTest(request, signal) {
      const ask = signozAsk({ client, now }, request.connection, signal);
      const stored = await storedChannels(ask);
      const channel = stored.find(({ name }) => name === request.channel);
      if (!channel) return { is: 'channel-not-found', existing: stored.map(({ name }) => name) };

      const receiver = receiverOf(channel);
      const elsewhere = leadsElsewhere(receiver, request.publicUrl);
      if (elsewhere !== undefined) return { is: 'channel-not-ours', host: elsewhere };
      return tested(receiver, request, ask);
    },
  };
}

function receiverOf({ name, data }: { readonly name: string; readonly data: string }): Receiver {
  const receiver = Receiver.safeParse(parsedJson(data));
  if (receiver.success) return receiver.data;
  // Without a word of what was in it: there are credentials in clear.
  throw new PortError('malformed', `SigNoz's stored channel ${name} cannot be read`);
}

/** The stored receiver under another name: it need not be stored to be tested, so the name can carry the nonce. */
async function tested(receiver: Receiver, { testName }: SignozCanaryRequest, ask: Ask): Promise<SignozCanaryAnswer> {
  const answer = await ask({
    method: 'POST',
    path: '/api/v1/channels/test',
    body: { ...receiver, name: testName },
    secrets: credentialsIn(receiver),
    deadlineMs: SENDING_DEADLINE_MS,
  });
  if (answer.is === 'success') return { is: 'sent' };
  if (answer.code === 'alertmanager_not_found') {
    throw new PortError('unavailable', `SigNoz's notifier is not ready yet: ${answer.message}`, { statusCode: answer.status });
  }
  // What the notifier met comes back as a 5xx in SigNoz's own envelope.
  if (answer.status >= 500) return { is: 'send-failed', message: answer.message };
  throw apiError(answer);
}

/** Every text below http_config, and the headers: whatever of it a notifier quotes must not go further. */
function credentialsIn({ webhook_configs: webhooks }: Receiver): string[] {
  return webhooks.flatMap(webhook => textsIn(webhook['http_config']));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
