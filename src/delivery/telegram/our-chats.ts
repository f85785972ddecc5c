import type { Incident } from '../../domain/incidents/incident.ts';

/** A chat that is set up, or where a card of this incident went: a group may have become a supergroup, and a @name has a number. */
export function isOurChat(
  chatId: string,
  { incident, chats }: { readonly incident: Pick<Incident, 'deliveries'> | undefined; readonly chats: readonly string[] },
): boolean {
  return chats.includes(chatId) || (incident?.deliveries.some(({ memo }) => memo['chatId'] === chatId) ?? false);
}
