import { noticeCard } from '../../domain/cards/notice-card.ts';
import { errandId } from '../../domain/delivery/errand-id.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import type { Errand } from '../../domain/ports/people.ts';
import type { CarriedOut } from '../../domain/ports/repairs.ts';
import { answering, cardOf, placeOf } from './card-memo.ts';
import { sending } from './sending.ts';
import { chatFor, quietFor, type TelegramDeps } from './settings.ts';

export type TelegramNotice = (of: { readonly errand: Errand; readonly incident: Incident }, signal: AbortSignal) => Promise<CarriedOut>;

/**
 * Tells the team what a repair has to say, in a message of its own, with a sound, in answer to the incident's card. A run does not wait for
 * the morning: in quiet hours it comes without a sound.
 */
export function telegramNotice(deps: TelegramDeps): TelegramNotice {
  const out = sending(deps);
  return async ({ errand, incident }, signal) => {
    const chat = cardOf(incident) ?? chatFor(incident, deps.settings);
    const work = { incidentId: incident.id, channel: errandId(errand) };
    const waitMs = await out.turn({ chatId: chat.chatId, job: { incident, work } }, signal);
    if (waitMs > 0)
      return { is: 'waiting', reason: 'There is no room for one more message in the Telegram chat now.', retryAfterMs: waitMs };
    const how = { ...answering(incident), ...(quietFor(incident, deps) > 0 && { quiet: true }) };
    const sent = await out.send(chat, noticeCard(incident, errand, { language: deps.settings.language, ...how }), signal);
    return { is: 'done', detail: `The team was told in Telegram chat ${placeOf(sent)}.` };
  };
}
