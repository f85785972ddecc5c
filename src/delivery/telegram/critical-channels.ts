import { reminderCard } from '../../domain/cards/reminder-card.ts';
import { wordsOf } from '../../domain/cards/language.ts';
import type { Incident, TimelineEntry } from '../../domain/incidents/incident.ts';
import type { Card, CardChat } from '../../domain/ports/cards.ts';
import type { Delivered, DeliveryChannel, Job } from '../channel.ts';
import { cardIn, isOlder, memoOf, placeOf } from './card-memo.ts';
import { type Sending, sending } from './sending.ts';
import { chatFor, type TelegramDeps } from './settings.ts';

export interface CriticalDeps extends TelegramDeps {
  /** Adds to the incident's timeline. */
  readonly note: (incidentId: string, entry: Omit<TimelineEntry, 'at'>, signal: AbortSignal) => Promise<void>;
}

interface Telling {
  readonly chat: CardChat;
  readonly card: Card;
  readonly hash: string;
  readonly detail: string;
}

/** The channel `telegram-repeat`: says once more, with a sound, that nobody has acknowledged a critical incident. */
export function telegramRepeatChannel(deps: CriticalDeps): DeliveryChannel {
  return channel('telegram-repeat', deps, incident => {
    const { settings } = deps;
    const first = cardIn(incident.deliveries.find(each => each.channel === 'telegram')?.memo ?? {});
    const chat = first ?? chatFor(incident, settings);
    const card = reminderCard(incident, { language: settings.language, ...(first && { replyTo: first.messageId }) });
    return { chat, card, hash: '', detail: `told again in Telegram chat ${placeOf(chat)}` };
  });
}

/** The channel `telegram-escalation`: sends the whole card to a second chat. */
export function telegramEscalationChannel(deps: CriticalDeps): DeliveryChannel {
  return channel('telegram-escalation', deps, (incident, out) => {
    const { escalationChat: chat, language } = deps.settings;
    if (!chat) return 'no second chat is set up (TG_ESCALATION_CHAT_ID)';
    const { card, hash } = out.rendered(incident, { chatId: chat.chatId, heading: wordsOf(language).escalation });
    return { chat, card, hash, detail: `told in the second Telegram chat ${placeOf(chat)}` };
  });
}

/** `what` answers with a sentence where there is nothing to tell. */
function channel(name: string, deps: CriticalDeps, what: (incident: Incident, out: Sending) => Telling | string): DeliveryChannel {
  const out = sending(deps);
  return {
    name,
    async deliver(job, signal) {
      const { incident, work } = job;
      const before = isOlder(work.memo, incident) ? undefined : cardIn(work.memo);
      if (before && work.memo['noted'] === 'yes') return { is: 'skipped', reason: 'it was told already', memo: work.memo };
      const telling = before ? undefined : (calmed(incident) ?? what(incident, out));
      if (typeof telling === 'string') return { is: 'skipped', reason: telling };
      const memo = telling ? await told(out, { job, telling }, signal) : work.memo;
      if (typeof memo === 'number') return { is: 'postponed', afterMs: memo };
      return noted(deps, { incident, memo, detail: telling?.detail ?? memo['detail'] ?? '' }, signal);
    },
  };
}

/** Why nobody needs to be told any more. */
function calmed({ status, severity }: Incident): string | undefined {
  if (severity !== 'critical') return 'the incident is not critical';
  return status === 'open' ? undefined : `the incident is ${status}`;
}

/** What to remember of it; a number: in how many milliseconds to come again. */
async function told(
  out: Sending,
  { job, telling }: { job: Job; telling: Telling },
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | number> {
  const { chat, card, hash, detail } = telling;
  const waitMs = await out.turn({ chatId: chat.chatId, job }, signal);
  if (waitMs > 0) return waitMs;
  const memo = { ...memoOf(await out.send(chat, card, signal), job.incident, hash), detail };
  // Should the note fail, it is written again, and nothing is told twice.
  await job.remember(memo);
  return memo;
}

async function noted(
  { note }: CriticalDeps,
  { incident, memo, detail }: { incident: Incident; memo: Readonly<Record<string, string>>; detail: string },
  signal: AbortSignal,
): Promise<Delivered> {
  await note(incident.id, { what: 'escalated', who: 'operator', detail }, signal);
  return { is: 'delivered', memo: { ...memo, noted: 'yes' } };
}
