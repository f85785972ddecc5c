import { wordsOf } from '../../domain/cards/language.ts';
import type { Delivered, Job } from '../channel.ts';
import { cardIn, isOlder } from './card-memo.ts';
import type { Sending } from './sending.ts';
import type { TelegramDeps } from './settings.ts';
import { unlessRefused } from './unless-refused.ts';

/** After the first card: brings the one up to date that an escalation sent to the second chat, where there is one. It is never sent anew. */
export async function secondCard(
  { deps, out }: { deps: TelegramDeps; out: Sending },
  { job, done }: { job: Job; done: Delivered },
  signal: AbortSignal,
): Promise<Delivered> {
  const { incident, work } = job;
  const escalated = incident.deliveries.find(({ channel }) => channel === 'telegram-escalation')?.memo ?? {};
  const card = cardIn(escalated);
  if (done.is !== 'delivered' || !card || isOlder(escalated, incident)) return done;
  const { messageId = '', hash } = escalated;
  const shown = work.memo['second'] === messageId ? work.memo['secondHash'] : hash;
  const heading = wordsOf(deps.settings.language).escalation;
  const wanted = await out.rendered(incident, { chatId: card.chatId, heading }, signal);
  const memo = { ...done.memo, second: messageId, secondHash: wanted.hash };
  if (wanted.hash === shown) return { is: 'delivered', memo };
  const { second: _, secondHash: __, ...first } = done.memo;
  const kept = shown === undefined ? first : { ...first, second: messageId, secondHash: shown };
  // Whatever goes wrong with the second card, the first must not be sent again for it.
  if (first['messageId'] !== work.memo['messageId']) await job.remember(kept);
  const waitMs = await out.turn({ chatId: card.chatId, job }, signal);
  if (waitMs > 0) return { is: 'postponed', afterMs: waitMs, memo: kept };
  await unlessRefused(out.edit(card, wanted.card, signal));
  return { is: 'delivered', memo };
}
