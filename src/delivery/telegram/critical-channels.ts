import { reminderCard } from '../../domain/cards/reminder-card.ts';
import { wordsOf } from '../../domain/cards/language.ts';
import type { Incident, TimelineEntry } from '../../domain/incidents/incident.ts';
import type { Card, CardChat } from '../../domain/ports/cards.ts';
import type { Delivered, DeliveryChannel, Job } from '../channel.ts';
import { cardIn, cardOf, hasCard, isOlder, type Memo, memoOf, placeOf } from './card-memo.ts';
import { type Rendered, type Sending, sending } from './sending.ts';
import { chatFor, type TelegramDeps } from './settings.ts';
import { unlessRefused } from './unless-refused.ts';

export interface CriticalDeps extends TelegramDeps {
  /** So long after its card nobody had acknowledged an incident that is told again. */
  readonly repeatAfterMs: number;
  /** Adds to the incident's timeline. */
  readonly note: (incidentId: string, entry: Omit<TimelineEntry, 'at'>, signal: AbortSignal) => Promise<void>;
}

interface Telling {
  readonly chat: CardChat;
  readonly card: Card;
  readonly hash: string;
  readonly detail: string;
}

/** Looked at again so often while the incident's own card is on its way. */
const LOOK_MS = 5_000;
/** A second chat is not kept from an incident for ever that the first cannot be told of. */
const LONGEST_BEHIND_CARD_MS = 10 * 60_000;

/** The channel `telegram-repeat`: says once more, with a sound, that nobody has acknowledged a critical incident. */
export function telegramRepeatChannel(deps: CriticalDeps): DeliveryChannel {
  return channel('telegram-repeat', deps, {
    holdMs: incident => untilRepeat(incident, deps),
    what: async incident => {
      const { settings } = deps;
      const first = cardOf(incident);
      const chat = first ?? chatFor(incident, settings);
      const card = reminderCard(incident, { language: settings.language, ...(first && { replyTo: first.messageId }) });
      return { chat, card, hash: '', detail: `told again in Telegram chat ${placeOf(chat)}` };
    },
  });
}

/** The channel `telegram-escalation`: sends the whole card to a second chat. */
export function telegramEscalationChannel(deps: CriticalDeps): DeliveryChannel {
  const heading = wordsOf(deps.settings.language).escalation;
  const escalated: NonNullable<Kind['standing']> = (incident, { out, chatId, signal }) =>
    out.rendered(incident, { chatId, heading }, signal);
  return channel('telegram-escalation', deps, {
    holdMs: (incident, since) => (hasCard(incident) || deps.now().getTime() - since.getTime() >= LONGEST_BEHIND_CARD_MS ? 0 : LOOK_MS),
    what: async (incident, { out, signal }) => {
      const { escalationChat: chat } = deps.settings;
      if (!chat) return 'no second chat is set up (TG_ESCALATION_CHAT_ID)';
      return {
        chat,
        ...(await escalated(incident, { out, chatId: chat.chatId, signal })),
        detail: `told in the second Telegram chat ${placeOf(chat)}`,
      };
    },
    standing: escalated,
  });
}

/** The card may have come late: who saw it just now has not overlooked it. */
function untilRepeat(incident: Incident, { repeatAfterMs, now }: CriticalDeps): number {
  if (!hasCard(incident)) return LOOK_MS;
  const toldAt = Number(incident.deliveries.find(each => each.channel === 'telegram')?.memo['toldAt'] ?? 0);
  return Math.max(0, toldAt + repeatAfterMs - now().getTime());
}

interface Kind {
  /** In how many milliseconds it can be told at the earliest. */
  readonly holdMs: (incident: Incident, since: Date) => number;
  /** Answers with a sentence where there is nothing to tell. */
  readonly what: (incident: Incident, by: { readonly out: Sending; readonly signal: AbortSignal }) => Promise<Telling | string>;
  /** What should stand in the chat where it arrived; absent where it has no buttons. */
  readonly standing?: (
    incident: Incident,
    at: { readonly out: Sending; readonly chatId: string; readonly signal: AbortSignal },
  ) => Promise<Rendered>;
}

function channel(name: string, deps: CriticalDeps, { holdMs, what, standing }: Kind): DeliveryChannel {
  const out = sending(deps);
  return {
    name,
    async deliver(job, signal) {
      const { incident, work } = job;
      const before = isOlder(work.memo, incident) ? undefined : cardIn(work.memo);
      if (before && work.memo['noted'] === 'yes') return { is: 'skipped', reason: 'it was told already', memo: work.memo };
      const telling = before ? undefined : (calmed(incident) ?? (await what(incident, { out, signal })));
      if (typeof telling === 'string') return { is: 'skipped', reason: telling };
      const heldMs = telling ? holdMs(incident, work.since) : 0;
      if (heldMs > 0) return { is: 'postponed', afterMs: heldMs };
      const memo = telling ? await told(out, { job, telling }, signal) : work.memo;
      if (typeof memo === 'number') return { is: 'postponed', afterMs: memo };
      const signed = await signedThere(out, { job, memo, standing }, signal);
      return typeof signed === 'number' ? { is: 'postponed', afterMs: signed, memo } : noted(deps, { incident, memo: signed }, signal);
    },
  };
}

/** Why nobody needs to be told any more. */
function calmed({ status, severity }: Incident): string | undefined {
  if (severity !== 'critical') return 'the incident is not critical';
  return status === 'open' ? undefined : `the incident is ${status}`;
}

/** What to remember of it; a number: in how many milliseconds to come again. */
async function told(out: Sending, { job, telling }: { job: Job; telling: Telling }, signal: AbortSignal): Promise<Memo | number> {
  const { chat, card, hash, detail } = telling;
  const waitMs = await out.turn({ chatId: chat.chatId, job }, signal);
  if (waitMs > 0) return waitMs;
  const memo = { ...memoOf(await out.send(chat, card, signal), job.incident, hash), detail };
  // Should the note fail, it is written again, and nothing is told twice.
  await job.remember(memo);
  return memo;
}

/** The chat may have another id than was asked for, and buttons are signed for their chat. */
async function signedThere(
  out: Sending,
  { job, memo, standing }: { job: Job; memo: Memo; standing: Kind['standing'] },
  signal: AbortSignal,
): Promise<Memo | number> {
  const card = cardIn(memo);
  const wanted = card && (await standing?.(job.incident, { out, chatId: card.chatId, signal }));
  if (!wanted || wanted.hash === memo['hash']) return memo;
  const waitMs = await out.turn({ chatId: card.chatId, job }, signal);
  if (waitMs > 0) return waitMs;
  await unlessRefused(out.edit(card, wanted.card, signal));
  return { ...memo, hash: wanted.hash };
}

async function noted(
  { note }: CriticalDeps,
  { incident, memo }: { incident: Incident; memo: Memo },
  signal: AbortSignal,
): Promise<Delivered> {
  await note(incident.id, { what: 'escalated', who: 'operator', detail: memo['detail'] ?? '' }, signal);
  return { is: 'delivered', memo: { ...memo, noted: 'yes' } };
}
