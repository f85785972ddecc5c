import type { DeliveryView } from '../../domain/incidents/incident-view.ts';
import { hanging, plain, whole } from './columns.ts';

/** A line for each channel: how it stands, the id of its message, and why it is not done. */
export function deliveryLines(deliveries: readonly DeliveryView[], width: number): string {
  if (deliveries.length === 0) return '  nobody is told of it\n';
  return hanging(
    deliveries.map(one => [one.channel, one.state, when(one), idOf(one), why(one)]),
    width,
  );
}

/** What waits is asked for by when it comes. */
export function when({ state, at, since, due, attempts }: Omit<DeliveryView, 'channel' | 'reason' | 'message_id'>): string {
  if (state !== 'pending') return at;
  if (due !== null) return `${attempts > 0 ? 'next try' : 'due'} ${due}`;
  return since === null ? `last heard of ${at}` : `waits since ${since}`;
}

function idOf({ channel, message_id: id }: DeliveryView): string {
  if (id === null) return '';
  const kind = channel === 'webhook' ? 'delivery' : channel === 'sentry' ? 'comment' : 'message';
  return `${kind} ID ${plain(id)}`;
}

export function why({ attempts, reason }: Pick<DeliveryView, 'attempts' | 'reason'>): string {
  const said = whole(reason ?? '');
  if (attempts === 0) return said;
  return `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} failed${said === '' ? '' : `, last: ${said}`}`;
}
