import { describe, expect, it } from 'vitest';
import { type AttemptEnd, attemptBegun, attemptEnded, type Circuit, CLOSED, letsThrough, putOffMs } from './circuit.ts';

const after = (ends: readonly AttemptEnd[], from: Circuit = CLOSED, nowMs = 0): Circuit =>
  ends.reduce((circuit, end) => attemptEnded(attemptBegun(circuit, nowMs), end, nowMs), from);
const times = (count: number, end: AttemptEnd): AttemptEnd[] => Array.from({ length: count }, () => end);
const OPEN = after(times(5, 'unreachable'));

describe('a circuit', () => {
  it.each<[string, readonly AttemptEnd[], Circuit['is']]>([
    ['is closed after four failures', times(4, 'unreachable'), 'closed'],
    ['opens at the fifth in a row', times(5, 'unreachable'), 'open'],
    ['opens whatever speaks of the whole channel', ['unreachable', 'unavailable', 'unauthorized', 'unauthorized', 'unavailable'], 'open'],
    ['stays closed where one gets through', [...times(4, 'unreachable'), 'delivered', ...times(4, 'unreachable')], 'closed'],
    ['stays closed where one chat refuses', times(50, 'forbidden'), 'closed'],
    ['stays closed where one message is refused', times(50, 'rejected'), 'closed'],
    ['stays closed where one chat is flooded', times(50, 'rate-limited'), 'closed'],
    ['stays closed where it breaks inside ourselves', times(50, 'broke'), 'closed'],
    ['is not closed by what asked for nothing', [...times(4, 'unavailable'), 'skipped', 'postponed', 'malformed', 'unavailable'], 'open'],
  ])('%s', (_, ends, expected) => {
    expect(after(ends).is).toBe(expected);
  });

  it('lets everything through while it is closed', () => {
    expect(letsThrough(attemptBegun(CLOSED, 0), 0)).toBe(true);
  });

  it('once open lets one through at a time', () => {
    expect([0, 999, 1_000].map(nowMs => letsThrough(OPEN, nowMs))).toEqual([false, false, true]);
    const probing = attemptBegun(OPEN, 1_000);
    expect([1_000, 30_999, 31_000].map(nowMs => letsThrough(probing, nowMs))).toEqual([false, false, true]);
  });

  it('is probed ever less often, twice a minute at least', () => {
    const pauses: number[] = [];
    let circuit = OPEN;
    for (let nowMs = 0; pauses.length < 8; ) {
      const from = nowMs;
      while (!letsThrough(circuit, nowMs)) nowMs += 500;
      pauses.push(nowMs - from);
      circuit = attemptEnded(attemptBegun(circuit, nowMs), 'unauthorized', nowMs);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is not taken for probed by what had begun before it opened', () => {
    expect(attemptEnded(OPEN, 'unreachable', 500)).toEqual(OPEN);
  });

  it.each<AttemptEnd>(['delivered', 'rejected', 'forbidden', 'rate-limited'])('closes with the first answer: %s', end => {
    expect(after([end], OPEN, 1_000)).toEqual(CLOSED);
  });

  it.each<AttemptEnd>(['skipped', 'postponed'])('gives the turn to another where nothing was asked: %s', end => {
    expect(letsThrough(after([end], OPEN, 1_000), 1_000)).toBe(true);
  });

  it.each<AttemptEnd>(['broke', 'malformed'])('waits before the next where nobody knows what was answered: %s', end => {
    const circuit = after([end], OPEN, 1_000);
    expect([1_000, 2_000].map(nowMs => letsThrough(circuit, nowMs))).toEqual([false, true]);
  });
});

describe('what waits for a circuit', () => {
  it.each([
    [0, 0, 500],
    [0, 0.999, 1_000],
    [10_000, 0, 5_000],
    [10_000, 0.999, 9_995],
    [86_400_000, 0, 15_000],
    [86_400_000, 0.999, 29_985],
  ])('that has been open for %s ms is put off by no more than that, or half a minute', (nowMs, random, expected) => {
    expect(putOffMs(OPEN, { nowMs, random: () => random })).toBe(expected);
  });
});
