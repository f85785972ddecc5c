import type { Incident } from '../../domain/incidents/incident.ts';
import { openingOf } from '../../domain/incidents/opening.ts';
import type { CardChat, SentCard } from '../../domain/ports/cards.ts';

export type Memo = Readonly<Record<string, string>>;

/** The card that a memo speaks of, if it speaks of one. */
export function cardIn({ chatId, messageId, threadId }: Memo): SentCard | undefined {
  if (chatId === undefined || messageId === undefined) return undefined;
  return { chatId, messageId: Number(messageId), ...(threadId !== undefined && { threadId: Number(threadId) }) };
}

/** The card by which the incident was told. */
export function cardOf({ deliveries }: Pick<Incident, 'deliveries'>): SentCard | undefined {
  return cardIn(deliveries.find(({ channel }) => channel === 'telegram')?.memo ?? {});
}

/** How a message about the incident is sent: in answer to its card. So many at once that they share a card are not to ring one by one. */
export function answering(incident: Incident): { readonly replyTo?: number; readonly quiet?: true } {
  const card = cardOf(incident);
  if (card) return { replyTo: card.messageId };
  return isInStorm(incident) ? { quiet: true } : {};
}

function isInStorm({ deliveries, severity }: Incident): boolean {
  return severity !== 'critical' && deliveries.some(({ channel, memo }) => channel === 'telegram' && memo['storm'] !== undefined);
}

/** What is remembered of a card: where it is, what it says, and of which opening of the incident. */
export function memoOf(sent: SentCard, incident: Incident, hash: string): Memo {
  return {
    chatId: sent.chatId,
    messageId: String(sent.messageId),
    ...(sent.threadId !== undefined && { threadId: String(sent.threadId) }),
    hash,
    revision: String(incident.revision),
    severity: incident.severity,
    status: incident.status,
    opening: String(openingOf(incident).getTime()),
  };
}

/** Tells each opening of an incident from the next. */
export function openingKey(incident: Incident): string {
  return `${incident.id}@${openingOf(incident).getTime()}`;
}

/** Whether the incident opened again since. By time, for the timeline loses its oldest entries. */
export function isOlder({ opening }: Memo, incident: Incident): boolean {
  return opening !== undefined && Number(opening) < openingOf(incident).getTime();
}

/** One name for a chat and its topic. */
export function placeOf({ chatId, threadId }: CardChat): string {
  return threadId === undefined ? chatId : `${chatId}/${threadId}`;
}

/** An edit makes no sound: what opens again, or turns critical, is told by a card of its own. */
export function isNews(incident: Incident, memo: Memo): boolean {
  return isOlder(memo, incident) || (isUrgent(incident) && memo['severity'] !== 'critical');
}

function isUrgent({ severity, status }: Incident): boolean {
  return severity === 'critical' && status !== 'resolved';
}

/** Whether people have been told of it, as far as they will be. */
export function hasCard(incident: Incident): boolean {
  const card = incident.deliveries.find(each => each.channel === 'telegram');
  return card?.state !== 'pending' || (cardIn(card.memo) !== undefined && !isNews(incident, card.memo));
}
