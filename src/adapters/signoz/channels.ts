import { PortError } from '../../domain/ports/port-error.ts';
import type { SignozCanaryAnswer, SignozCanaryRequest, SignozChannels } from '../../domain/ports/signoz-channels.ts';
import { parsedJson } from '../../domain/text/json.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';
import { leadsElsewhere } from './our-webhook.ts';
import { ChannelList, Receiver } from './schema.ts';
import { apiError, type SignozAnswer, type SignozCall, signozCall } from './signoz-api.ts';

/** SignozChannels over the outgoing client (contracts/signoz.md, sections 3.1 and 10). Stored credentials stay in here. */
export function signozChannels(client: OutgoingClient): SignozChannels {
  return {
    async sendTest(request, signal) {
      const ask = (call: SignozCall): Promise<SignozAnswer> => signozCall(client, { connection: request.connection, call, signal });

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

type Ask = (call: SignozCall) => Promise<SignozAnswer>;
type Stored = { readonly name: string; readonly data: string };

async function storedChannels(ask: Ask): Promise<readonly Stored[]> {
  const answer = await ask({ method: 'GET', path: '/api/v1/channels' });
  if (answer.is === 'error') throw apiError(answer);
  const list = ChannelList.safeParse(answer.body);
  if (list.success) return list.data.data;
  throw new PortError('malformed', "SigNoz's list of channels is not of the expected shape", { statusCode: answer.status });
}

function receiverOf({ name, data }: Stored): Receiver {
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
