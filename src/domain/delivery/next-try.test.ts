import { describe, expect, it } from 'vitest';
import { type FailedTry, nextTry } from './next-try.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const since = new Date('2026-11-26T08:00:00Z');
const after = (ms: number): Date => new Date(since.getTime() + ms);
const failed = (over: Partial<FailedTry> = {}): FailedTry => ({
  fault: 'unreachable',
  attempts: 0,
  since,
  now: after(0),
  random: () => 0.5,
  giveUpAfterMs: 72 * HOUR,
  ...over,
});
/** As near to 1 as random comes. */
const high = (): number => 1 - Number.EPSILON;
const low = (): number => 0;

describe('nextTry', () => {
  it.each<[string, Partial<FailedTry>, number]>([
    ['the first failure, at the least', { random: low }, 1 * SECOND],
    ['the first failure, at the most', { random: high }, 2 * SECOND],
    ['the fourth failure, at the most', { attempts: 3, random: high }, 16 * SECOND],
    ['the fourth failure, in the middle', { attempts: 3 }, 8.5 * SECOND],
    ['many failures', { attempts: 40, random: high }, 5 * MINUTE],
    ['many failures, by chance soon', { attempts: 40, random: low }, 1 * SECOND],
    ['what broke inside', { fault: undefined, attempts: 40, random: high }, 5 * MINUTE],
    ['a token that was revoked', { fault: 'unauthorized', attempts: 40, random: high }, 15 * MINUTE],
    ['a right that is missing', { fault: 'forbidden', attempts: 40, random: high }, 15 * MINUTE],
    ['a request that is refused', { fault: 'rejected', attempts: 40, random: high }, 15 * MINUTE],
    ['a server that is too old', { fault: 'unsupported', attempts: 40, random: high }, 15 * MINUTE],
    ['a server that is overloaded', { fault: 'rate-limited', attempts: 40, random: high }, 5 * MINUTE],
    ['as long as it asks', { retryAfterMs: 30 * SECOND, random: low }, 30 * SECOND],
    ['not all at the same moment', { retryAfterMs: 30 * SECOND, random: high }, 33 * SECOND],
    ['its word counts for more than the backoff', { attempts: 40, retryAfterMs: 3 * SECOND, random: low }, 3 * SECOND],
    ['no time at all is a second', { retryAfterMs: 0, random: low }, 1 * SECOND],
    ['a year is a mistake', { retryAfterMs: 365 * 24 * HOUR, random: low }, 1 * HOUR],
    ['not past the end', { attempts: 40, now: after(72 * HOUR - 3 * SECOND), random: high }, 3 * SECOND],
    ['nor at once before it', { attempts: 40, now: after(72 * HOUR - 3), random: high }, 1 * SECOND],
  ])('waits after %s', (_, given, afterMs) => {
    expect(nextTry(failed(given))).toEqual({ is: 'again', afterMs });
  });

  it.each<[string, Partial<FailedTry>]>([
    ['its time is over', { now: after(72 * HOUR) }],
    ['its time is long over', { now: after(100 * HOUR), attempts: 2 }],
    ['the other side asks for more time after it', { now: after(72 * HOUR), retryAfterMs: 5 }],
  ])('gives up when %s', (_, given) => {
    expect(nextTry(failed(given))).toEqual({ is: 'give-up' });
  });

  it('never gives up before its time and never waits less than a second or more than an hour and a tenth, whatever comes', () => {
    const faults = [undefined, 'unreachable', 'unavailable', 'rate-limited', 'unauthorized', 'rejected', 'malformed'] as const;
    for (let n = 0; n < 20_000; n += 1) {
      const waitedMs = Math.floor(Math.random() * 80 * HOUR) - HOUR;
      const given = failed({
        fault: faults[n % faults.length],
        attempts: Math.floor(Math.random() * 2_000),
        now: after(waitedMs),
        random: Math.random,
        retryAfterMs: n % 3 === 0 ? Math.random() * 2 ** (n % 50) : undefined,
      });
      const next = nextTry(given);
      expect(next.is === 'give-up').toBe(waitedMs >= 72 * HOUR);
      if (next.is === 'give-up') continue;
      expect(next.afterMs).toBeGreaterThanOrEqual(SECOND);
      expect(next.afterMs).toBeLessThanOrEqual(1.1 * HOUR);
      expect(Number.isInteger(next.afterMs)).toBe(true);
    }
  });

  it('spreads what failed together over the whole wait', () => {
    const waits = Array.from({ length: 1_000 }, () => nextTry(failed({ attempts: 8, random: Math.random })));
    const thirds = waits.map(next => (next.is === 'again' ? Math.min(2, Math.floor(next.afterMs / (100 * SECOND))) : -1));
    for (const third of [0, 1, 2]) expect(thirds.filter(each => each === third).length).toBeGreaterThan(200);
  });
});
