import { apiError } from './refusal.ts';
import { ChannelList } from './schema.ts';
import { type Ask, malformed } from './signoz-api.ts';

type StoredChannel = ChannelList['data'][number];

/** Stored channels, with credentials in clear: nothing but names may go further. */
export async function storedChannels(ask: Ask): Promise<readonly StoredChannel[]> {
  const answer = await ask({ method: 'GET', path: '/api/v1/channels', isSecret: true });
  if (answer.is === 'error') throw apiError(answer);
  const list = ChannelList.safeParse(answer.body);
  if (list.success) return list.data.data;
  throw malformed("SigNoz's list of channels", answer.status);
}
