import type { Incident } from '../../domain/incidents/incident.ts';
import type { Work } from '../../domain/ports/outbox.ts';
import { chatKey, sendLimits } from './limits.ts';
import type { TelegramDeps } from './settings.ts';

/** Of whom a message tells, and who brings it. */
export interface Sender {
  readonly incident: Pick<Incident, 'severity'>;
  readonly work: Pick<Work, 'incidentId' | 'channel'>;
}

export interface Asking {
  readonly chatId: string;
  readonly job: Sender;
  /** For so long Telegram lets nothing into the chat. */
  readonly pauseMs: number;
}

/** Those who wait for the same chat should not all come back at once. */
const JITTER_MS = 750;
/** Nobody races with what is critical, which waits in a line of its own. */
const CRITICAL_JITTER_MS = 50;
/** More often nothing goes into a chat. */
const APART_MS = 1_000;
/** A crowd that waits comes back a few a second, more than a chat takes. Whoever has no place within a minute comes some time within it. */
const CROWD_APART_MS = 250;
const LINE_MS = 60_000;
/** The outbox gives work out somewhat after its time. */
const LATE_MS = 4_000;

/**
 * 0 where one more message may go to this chat, which is then counted; else in how many milliseconds to come again. What is critical and
 * finds no room has all others give way until it is back: else it would race with the whole crowd for each second of the chat.
 */
export function turns({
  rate,
  now,
  random,
}: Pick<TelegramDeps, 'rate' | 'now' | 'random'>): (of: Asking, signal: AbortSignal) => Promise<number> {
  /** By chat and urgency: when the last of those comes back who found no room. */
  const lastBack = new Map<string, number>();

  function behindOthers(line: string, { waitMs, apartMs }: { waitMs: number; apartMs: number }): number {
    const at = now().getTime();
    const first = at + waitMs;
    const next = Math.max(first, (lastBack.get(line) ?? 0) + apartMs);
    if (next > first + LINE_MS) return waitMs + random() * LINE_MS;
    lastBack.set(line, next);
    return next - at;
  }

  return async ({ chatId, job: { incident, work }, pauseMs }, signal) => {
    const { severity } = incident;
    const critical = severity === 'critical';
    const line = `${chatId} ${critical}`;
    const apartMs = critical ? APART_MS : CROWD_APART_MS;
    if (pauseMs > 0) return Math.ceil(behindOthers(line, { waitMs: pauseMs, apartMs }) + random() * JITTER_MS);
    const key = chatKey(chatId);
    const by = `${work.incidentId} ${work.channel}`;
    const { self, othersMs } = await rate.waiting(key, by, signal);
    const waitMs = othersMs > 0 && !self ? Math.min(othersMs, APART_MS) : await rate.take(sendLimits(chatId, severity), signal);
    if (waitMs === 0) {
      // Counted: it has to be sent now. Where this fails the others give way a while longer.
      if (self) await rate.wait(key, { by, forMs: 0 }, signal).catch(() => {});
      return 0;
    }
    if (!critical) return Math.ceil(behindOthers(line, { waitMs, apartMs }) + random() * JITTER_MS);
    // Whoever waits already keeps its place.
    const backMs = Math.ceil((self ? waitMs : behindOthers(line, { waitMs, apartMs })) + random() * CRITICAL_JITTER_MS);
    await rate.wait(key, { by, forMs: backMs + LATE_MS }, signal);
    return backMs;
  };
}
