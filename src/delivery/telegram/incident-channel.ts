import type { SentCard } from '../../domain/ports/cards.ts';
import type { Delivered, DeliveryChannel, Job } from '../channel.ts';
import { cardIn, isNews, type Memo, memoOf } from './card-memo.ts';
import { lastEdits, replacing, stillOld } from './old-cards.ts';
import { secondCard } from './second-card.ts';
import { type Sending, sending } from './sending.ts';
import { chatFor, LONGEST_QUIET_MS, overnight, quietFor, type TelegramDeps } from './settings.ts';
import { stormKeeper, type StormKeeper } from './storm.ts';

interface Parts {
  readonly deps: TelegramDeps;
  readonly out: Sending;
  readonly storm: StormKeeper;
}

/** The channel `telegram`: every incident has one card, which says what the incident is now. */
export function telegramChannel(deps: TelegramDeps): DeliveryChannel {
  const out = sending(deps);
  const parts = { deps, out, storm: stormKeeper(deps, out) };
  return {
    name: 'telegram',
    async deliver(job, signal) {
      const { incident, work } = job;
      const card = isNews(incident, work.memo) ? undefined : cardIn(work.memo);
      const done = card ? await edited(parts, { job, card }, signal) : await announced(parts, job, signal);
      return lastEdits(out, { job, done: await secondCard(parts, { job, done }, signal) }, signal);
    },
  };
}

async function edited({ out, deps }: Parts, { job, card }: { job: Job; card: SentCard }, signal: AbortSignal): Promise<Delivered> {
  const { incident, work } = job;
  const wanted = await out.rendered(incident, { chatId: card.chatId }, signal);
  if (wanted.hash === work.memo['hash']) return { is: 'delivered', memo: work.memo };
  const waitMs = await out.turn({ chatId: card.chatId, job }, signal);
  if (waitMs > 0) return { is: 'postponed', afterMs: waitMs };
  if (await out.edit(card, wanted.card, signal))
    return { is: 'delivered', memo: { ...memoOf(card, incident, wanted.hash), ...toldIn(work.memo), ...stillOld(work.memo) } };
  return sentAnew({ out, deps }, { job, old: stillOld(work.memo) }, signal);
}

/** An incident without a card: it waits out the night, is counted in a storm, or gets one. */
async function announced({ deps, out, storm }: Parts, job: Job, signal: AbortSignal): Promise<Delivered> {
  const { incident } = job;
  const quietMs = quietFor(incident, deps);
  if (quietMs > 0) return { is: 'postponed', afterMs: Math.min(quietMs, LONGEST_QUIET_MS), ...overnight(quietMs, job.work) };
  if (await storm.takes(job, signal)) return storm.counted(job, signal);
  const { chatId } = chatFor(incident, deps.settings);
  const waitMs = await out.turn({ chatId, job }, signal);
  return waitMs > 0 ? { is: 'postponed', afterMs: waitMs } : sentAnew({ deps, out }, { job, old: replacing(job.work.memo) }, signal);
}

async function sentAnew(
  { deps, out }: Pick<Parts, 'deps' | 'out'>,
  { job, old }: { job: Job; old: Memo },
  signal: AbortSignal,
): Promise<Delivered> {
  const { incident } = job;
  const chat = chatFor(incident, deps.settings);
  const first = await out.rendered(incident, chat, signal);
  const sent = await out.send(chat, first.card, signal);
  const memo = { ...memoOf(sent, incident, first.hash), toldAt: String(deps.now().getTime()), ...old };
  const there = await out.rendered(incident, sent, signal);
  if (there.hash === first.hash) return { is: 'delivered', memo };
  // The chat has another id than was asked for, and buttons are signed for their chat. Remembered first: a second attempt then edits.
  await job.remember(memo);
  const waitMs = await out.turn({ chatId: sent.chatId, job }, signal);
  if (waitMs > 0) return { is: 'postponed', afterMs: waitMs, memo };
  await out.edit(sent, there.card, signal);
  return { is: 'delivered', memo: { ...memo, hash: there.hash } };
}

/** Since when people know: an edit tells nobody. */
function toldIn({ toldAt }: Memo): Memo {
  return toldAt === undefined ? {} : { toldAt };
}
