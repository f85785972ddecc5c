import { cardHash } from '../../domain/cards/card-hash.ts';
import { helpCard, repairCard } from '../../domain/cards/repair-card.ts';
import type { Incident, IncidentRepair } from '../../domain/incidents/incident.ts';
import { openingOf } from '../../domain/incidents/opening.ts';
import { isUnderWay } from '../../domain/incidents/repairs.ts';
import type { Card, CardChat } from '../../domain/ports/cards.ts';
import type { DeliveryChannel, Job } from '../channel.ts';
import { answering, cardOf, hasCard, type Memo } from './card-memo.ts';
import { type Sending, sending } from './sending.ts';
import { chatFor, LONGEST_QUIET_MS, overnight, quietFor, type TelegramDeps } from './settings.ts';

/** Looked at again so often while the incident's own card is on its way, and so long at most. */
const LOOK_MS = 5_000;
const LONGEST_BEHIND_CARD_MS = 10 * 60_000;

interface Message {
  /** In the memo. */
  readonly key: string;
  /** Whether somebody has to see it: one that nobody needs is not sent, though it is kept true once it is there. */
  readonly isNeeded: boolean;
  readonly card: (chatId: string) => Card;
}

interface Telling {
  readonly deps: TelegramDeps;
  readonly out: Sending;
  readonly job: Job;
  readonly signal: AbortSignal;
}

/**
 * The channel `telegram-repair`: what waits for people has a message of its own, with a sound, in answer to the incident's card. It is
 * edited as the repair goes on.
 */
export function telegramRepairChannel(deps: TelegramDeps): DeliveryChannel {
  const out = sending(deps);
  return {
    name: 'telegram-repair',
    async deliver(job, signal) {
      const messages = messagesOf(job.incident, { deps, out });
      let memo = only(messages, job.work.memo);
      for (const message of messages) {
        const brought = await upToDate(message, { memo, telling: { deps, out, job, signal } });
        memo = brought.memo;
        const { waitMs } = brought;
        if (waitMs > 0) return { is: 'postponed', afterMs: waitMs, memo, ...overnight(quietFor(job.incident, deps), job.work) };
      }
      return { is: 'delivered', memo };
    },
  };
}

function messagesOf(incident: Incident, { deps, out }: Pick<Telling, 'deps' | 'out'>): Message[] {
  const { language } = deps.settings;
  const how = answering(incident);
  const about = (repair: IncidentRepair, waitsFor: 'approval' | 'people'): Message => ({
    key: waitsFor === 'approval' ? repair.approvalId : `${repair.approvalId}:people`,
    isNeeded: repair.waitsFor === waitsFor && isUnderWay(repair) && (repair.expiresAt ?? Infinity) > deps.now(),
    card(chatId) {
      const buttons = repair.waitsFor === waitsFor ? out.buttonsIn(chatId) : undefined;
      return repairCard(incident, repair, { language, ...(buttons && { buttons }), ...how });
    },
  });
  const offer = deps.offer?.(incident);
  const key = helpKey(incident);
  const help = offer?.is === 'people' ? [{ key, isNeeded: true, card: () => helpCard(incident, offer, { language, ...how }) }] : [];
  // What people are asked later is not told by an edit, which makes no sound.
  return [...incident.repairs.flatMap(repair => [about(repair, 'approval'), about(repair, 'people')]), ...help];
}

/** What was said of other openings, and of repairs that the incident has forgotten, stays in the chat as it is. */
function only(messages: readonly Message[], memo: Memo): Memo {
  const keys = new Set(messages.map(({ key }) => key));
  return Object.fromEntries(Object.entries(memo).filter(([key]) => keys.has(key)));
}

/** What to remember of a message as it stands then; `waitMs`: in how many milliseconds to go on. */
interface Brought {
  readonly memo: Memo;
  readonly waitMs: number;
}

async function upToDate(message: Message, { memo, telling }: { memo: Memo; telling: Telling }): Promise<Brought> {
  const { [message.key]: known, ...rest } = memo;
  const there = known === undefined ? undefined : placeIn(known);
  if (!there) return message.isNeeded ? inTurn(message, { memo: rest, telling }) : { memo, waitMs: 0 };
  const card = message.card(there.chatId);
  const hash = cardHash(card);
  if (hash === there.hash) return { memo, waitMs: 0 };
  const { out, job, signal } = telling;
  const waitMs = await out.turn({ chatId: there.chatId, job }, signal);
  if (waitMs > 0) return { memo, waitMs };
  if (await out.edit(there, card, signal)) return { memo: { ...rest, [message.key]: placeText({ ...there, hash }) }, waitMs: 0 };
  return message.isNeeded ? sent(message, { memo: rest, telling }) : { memo: rest, waitMs: 0 };
}

async function inTurn(message: Message, { memo, telling }: { memo: Memo; telling: Telling }): Promise<Brought> {
  const { deps, out, job, signal } = telling;
  const heldMs = untilTold(job, deps);
  if (heldMs > 0) return { memo, waitMs: heldMs };
  const waitMs = await out.turn({ chatId: chatOf(telling).chatId, job }, signal);
  return waitMs > 0 ? { memo, waitMs } : sent(message, { memo, telling });
}

async function sent(message: Message, { memo, telling }: { memo: Memo; telling: Telling }): Promise<Brought> {
  const { out, job, signal } = telling;
  const chat = chatOf(telling);
  const card = message.card(chat.chatId);
  const arrived = await out.send(chat, card, signal);
  const now = { ...memo, [message.key]: placeText({ ...arrived, hash: cardHash(card) }) };
  // Whatever goes wrong with the next message, this one must not be sent again for it.
  await job.remember(now);
  // The chat may have another id than was asked for, and buttons are signed for their chat.
  return upToDate(message, { memo: now, telling });
}

function chatOf({ deps, job }: Pick<Telling, 'deps' | 'job'>): CardChat {
  return cardOf(job.incident) ?? chatFor(job.incident, deps.settings);
}

function untilTold({ incident, work }: Job, deps: TelegramDeps): number {
  const quietMs = quietFor(incident, deps);
  if (quietMs > 0) return Math.min(quietMs, LONGEST_QUIET_MS);
  return hasCard(incident) || deps.now().getTime() - work.since.getTime() >= LONGEST_BEHIND_CARD_MS ? 0 : LOOK_MS;
}

/** Once for each opening. */
function helpKey(incident: Incident): string {
  return `help@${openingOf(incident).getTime()}`;
}

interface Place extends CardChat {
  readonly messageId: number;
  readonly hash: string;
}

function placeText({ chatId, messageId, threadId, hash }: Place): string {
  return [chatId, messageId, threadId ?? '', hash].join(' ');
}

function placeIn(text: string): Place | undefined {
  const [chatId = '', messageId = '', threadId = '', hash = ''] = text.split(' ');
  return hash === '' ? undefined : { chatId, messageId: Number(messageId), hash, ...(threadId !== '' && { threadId: Number(threadId) }) };
}
