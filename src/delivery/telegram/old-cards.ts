import type { SentCard } from '../../domain/ports/cards.ts';
import type { Delivered, Job } from '../channel.ts';
import { cardIn, type Memo } from './card-memo.ts';
import type { Sending } from './sending.ts';
import { unlessRefused } from './unless-refused.ts';

/** Of a new card: those that it takes the place of. One that was told resolved says nothing untrue, and has no buttons. */
export function replacing(memo: Memo): Memo {
  const card = cardIn(memo);
  return card && memo['status'] !== 'resolved' ? withOld([...oldCards(memo), card]) : stillOld(memo);
}

/** Those that have yet to be told that a newer card continues them. */
export function stillOld(memo: Memo): Memo {
  return withOld(oldCards(memo));
}

/** After the new card: each old one is edited once more, and then forgotten. Kept in the memo until then. */
export async function lastEdits(out: Sending, { job, done }: { job: Job; done: Delivered }, signal: AbortSignal): Promise<Delivered> {
  if (done.is !== 'delivered') return done;
  const { old: _, ...memo } = done.memo;
  const cards = oldCards(done.memo);
  // Whatever goes wrong with an old card, the new one must not be sent again for it.
  if (cards.length > 0 && done.memo !== job.work.memo) await job.remember(done.memo);
  for (const [nth, card] of cards.entries()) {
    const waitMs = await out.turn({ chatId: card.chatId, job }, signal);
    if (waitMs > 0) return { is: 'postponed', afterMs: waitMs, memo: { ...memo, ...withOld(cards.slice(nth)) } };
    const continued = await out.rendered(job.incident, { chatId: card.chatId, continued: true }, signal);
    await unlessRefused(out.edit(card, continued.card, signal));
  }
  return { ...done, memo };
}

function oldCards({ old = '' }: Memo): SentCard[] {
  return old.split(' ').flatMap(name => {
    const [chatId, messageId] = name.split('/');
    return cardIn({ ...(chatId !== undefined && { chatId }), ...(messageId !== undefined && { messageId }) }) ?? [];
  });
}

function withOld(cards: readonly SentCard[]): Memo {
  return cards.length === 0 ? {} : { old: cards.map(({ chatId, messageId }) => `${chatId}/${messageId}`).join(' ') };
}
