import type { Incident } from '../domain/incidents/incident.ts';
import type { Work } from '../domain/ports/outbox.ts';
import { bell } from './bell.ts';
import type { DeliveryChannel } from './channel.ts';

type Channels = readonly Pick<DeliveryChannel, 'name' | 'waitedForMs'>[];
type InOrder = <T>(work: Work, doing: () => Promise<T>) => Promise<T>;

/** Lets work wait for what has to go before it in its incident (`waitedForMs`), as far as this replica has that in hand. */
export function inOrderOf(channels: Channels): InOrder {
  const ahead = new Map<string, Promise<unknown>>();
  return async ({ incidentId, channel }, doing) => {
    const waitedForMs = channels.find(({ name }) => name === channel)?.waitedForMs;
    if (waitedForMs === undefined) {
      await ahead.get(incidentId);
      return doing();
    }
    const over = bell();
    const done = doing().finally(() => {
      over.ring();
      ahead.delete(incidentId);
    });
    ahead.set(incidentId, over.wait(waitedForMs));
    return done;
  };
}

const FIRST_LOOK_MS = 10;

/** The incident once nothing of it that has to go before this work is under way with another replica, or has had its time. */
export async function behindOthers(
  channels: Channels,
  { work, find }: { readonly work: Work; readonly find: () => Promise<Incident | undefined> },
): Promise<Incident | undefined> {
  const began = performance.now();
  let incident = await find();
  for (let pauseMs = FIRST_LOOK_MS; isBehind(incident, { channels, work, forMs: performance.now() - began }); pauseMs *= 2) {
    await bell().wait(pauseMs);
    incident = await find();
  }
  return incident;
}

function isBehind(
  incident: Incident | undefined,
  { channels, work, forMs }: { readonly channels: Channels; readonly work: Work; readonly forMs: number },
): boolean {
  const isAhead = ({ name, waitedForMs = 0 }: Channels[number]): boolean =>
    name !== work.channel &&
    forMs < waitedForMs &&
    incident?.deliveries.some(({ channel, state }) => channel === name && state === 'pending') === true;
  return channels.some(isAhead);
}
