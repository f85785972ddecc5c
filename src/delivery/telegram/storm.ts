import { stormCard } from '../../domain/cards/storm-card.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { openingOf } from '../../domain/incidents/opening.ts';
import type { SentCard } from '../../domain/ports/cards.ts';
import type { Storm } from '../../domain/ports/storms.ts';
import type { Delivered, Job } from '../channel.ts';
import { isOlder, openingKey, placeOf } from './card-memo.ts';
import { replacing } from './old-cards.ts';
import type { Sending } from './sending.ts';
import { chatFor, type TelegramDeps } from './settings.ts';

/** Longer than a card can be on its way. */
const CLAIM_MS = 60_000;
const AGAIN_MS = 1_000;
const RELEASE_WITHIN_MS = 5_000;

export interface StormKeeper {
  /** Whether this incident is one of so many that they share a card. Never a critical one. */
  takes(job: Job, signal: AbortSignal): Promise<boolean>;
  /** Counts it. Done only once a card was sent or edited that counts it. */
  counted(job: Job, signal: AbortSignal): Promise<Delivered>;
}

export function stormKeeper(deps: TelegramDeps, out: Sending): StormKeeper {
  const { storms, settings } = deps;
  return {
    async takes({ incident, work }, signal) {
      if (settings.stormThreshold === 0 || incident.severity === 'critical') return false;
      if (joined(work.memo, incident) !== undefined) return true;
      const opened = { key: openingKey(incident), at: openingOf(incident) };
      return (await storms.opened(opened, signal)) > settings.stormThreshold;
    },

    async counted(job, signal) {
      const { incident, work } = job;
      const earlier = joined(work.memo, incident);
      const member = { key: openingKey(incident), name: incident.name, severity: incident.severity };
      const place = placeOf(chatFor(incident, settings));
      const storm = await storms.join(place, { ...member, ...(earlier !== undefined && { joined: earlier }) }, signal);
      if (!storm) return { is: 'delivered', memo: work.memo };
      const memo = { storm: storm.id, opening: String(openingOf(incident).getTime()), ...replacing(work.memo) };
      if (storm.place <= storm.shown) return { is: 'delivered', memo };
      // So that a storm which ends before we come again does not count it twice.
      if (earlier === undefined) await job.remember(memo);
      const waitMs = await brought(deps, out, { job, storm, signal });
      return waitMs > 0 ? { is: 'postponed', afterMs: waitMs, memo } : { is: 'delivered', memo };
    },
  };
}

interface Bringing {
  readonly job: Job;
  readonly storm: Storm;
  readonly signal: AbortSignal;
}

/**
 * Brings the card up to all that are counted; 0 once that is done, else when to come again. One at a time, so that no older card follows a
 * newer.
 */
async function brought(deps: TelegramDeps, out: Sending, { job, storm, signal }: Bringing): Promise<number> {
  const { storms, settings, random } = deps;
  const chat = chatFor(job.incident, settings);
  const place = placeOf(chat);
  const againMs = Math.ceil(AGAIN_MS * (1 + random()));
  if (!(await storms.claim(place, { stormId: storm.id, forMs: CLAIM_MS }, signal))) return againMs;
  let showing: { card: SentCard; count: number } | undefined;
  try {
    const waitMs = await out.turn({ chatId: storm.card?.chatId ?? chat.chatId, job }, signal);
    if (waitMs > 0) return Math.max(waitMs, againMs);
    // Read only now: whoever had the claim before may have sent the card meanwhile, and more may have joined.
    const sum = await storms.sum(place, storm.id, signal);
    if (!sum) return 0;
    const wanted = stormCard(sum.counts, settings.language);
    const stands = sum.card !== undefined && (await out.edit(sum.card, wanted, signal));
    showing = { card: stands && sum.card ? sum.card : await out.send(chat, wanted, signal), count: sum.counts.total };
    return 0;
  } finally {
    // Also where we are stopped just now: what was sent must not be sent again.
    await storms.release(place, { stormId: storm.id, ...(showing && { showing }) }, AbortSignal.timeout(RELEASE_WITHIN_MS));
  }
}

/** The storm that this opening of the incident was counted in. */
function joined({ storm, ...memo }: Readonly<Record<string, string>>, incident: Incident): string | undefined {
  return isOlder(memo, incident) ? undefined : storm;
}
