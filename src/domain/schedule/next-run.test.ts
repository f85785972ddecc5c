import { assert, constantFrom, integer, property, uuid } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextRun } from './next-run.ts';

const UID = '5f0c7c0e-3c1b-4b1a-9a51-2d6b7a2f7c11';
const SPREAD_MS = 5000;
const EVERY = { '1s': 1_000, '5m': 300_000, '1h30m': 5_400_000, '168h': 604_800_000 } as const;
const every = constantFrom('1s', '5m', '1h30m', '168h');
const moment = integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') });
const texts = constantFrom('* * * * *', '*/5 * * * *', '30 2 * * *', '0 0 1 1 *', '0,1 * * * *', '15 8-18 * * MON-FRI');
const zones = constantFrom('UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Australia/Lord_Howe');

/** The cron time that a start belongs to. */
function named(start: Date): string {
  return new Date(Math.floor(start.getTime() / SPREAD_MS) * SPREAD_MS).toISOString();
}

function starts(schedule: { cron: string; timeZone?: string }, from: string, count: number): string[] {
  let after = new Date(from);
  return Array.from({ length: count }, () => {
    after = nextRun({ schedule, uid: UID, after });
    return named(after);
  });
}

describe('every', () => {
  it('starts later than asked, by one interval at most, and always at the same place of it', () => {
    assert(
      property(every, uuid(), moment, (text, uid, at) => {
        const start = nextRun({ schedule: { every: text }, uid, after: new Date(at) }).getTime();
        expect(start).toBeGreaterThan(at);
        expect(start - at).toBeLessThanOrEqual(EVERY[text]);
        const fromElsewhere = nextRun({ schedule: { every: text }, uid, after: new Date(at + 7 * EVERY[text]) }).getTime();
        expect((fromElsewhere - start) % EVERY[text]).toBe(0);
      }),
    );
  });

  it('does not drift, however late the runs begin', () => {
    assert(
      property(uuid(), moment, integer({ min: 0, max: 299_999 }), (uid, at, late) => {
        const schedule = { every: '5m' };
        const first = nextRun({ schedule, uid, after: new Date(at) });
        const second = nextRun({ schedule, uid, after: new Date(first.getTime() + late) });
        expect(second.getTime() - first.getTime()).toBe(300_000);
      }),
    );
  });

  it('spreads the starts of many probes over the interval', () => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 1000; i += 1) {
      const start = nextRun({ schedule: { every: '10m' }, uid: `probe-${i}`, after: new Date(0) });
      const minute = Math.floor(start.getTime() / 60_000) % 10;
      counts.set(minute, (counts.get(minute) ?? 0) + 1);
    }
    expect([...counts.values()].every(count => count > 50 && count < 200)).toBe(true);
    expect(counts.size).toBe(10);
  });

  it('refuses an interval of no length and a schedule without times', () => {
    expect(() => nextRun({ schedule: { every: '0s' }, uid: UID, after: new Date(0) })).toThrow(RangeError);
    expect(() => nextRun({ schedule: {}, uid: UID, after: new Date(0) })).toThrow(RangeError);
  });
});

describe('cron', () => {
  it('starts later than asked, at most five seconds after a moment that the text names, by the same for one probe', () => {
    assert(
      property(texts, zones, uuid(), moment, (cron, timeZone, uid, at) => {
        const schedule = { cron, timeZone };
        const start = nextRun({ schedule, uid, after: new Date(at) });
        const later = nextRun({ schedule, uid, after: start });
        expect(start.getTime()).toBeGreaterThan(at);
        expect(start.getTime() % 60_000).toBeLessThan(SPREAD_MS);
        expect(later.getTime() % 60_000).toBe(start.getTime() % 60_000);
        expect(start.getTime() % 60_000).toBeLessThan((later.getTime() - start.getTime()) / 10);
      }),
    );
  });

  it('skips no moment and repeats none, wherever one begins to ask', () => {
    assert(
      property(texts, zones, uuid(), moment, (cron, timeZone, uid, at) => {
        const schedule = { cron, timeZone };
        const start = nextRun({ schedule, uid, after: new Date(at) });
        expect(nextRun({ schedule, uid, after: new Date(start.getTime() - 1) })).toEqual(start);
      }),
    );
  });

  it.each([
    [
      'in UTC where no zone is given',
      { cron: '30 8 * * *' },
      '2026-01-01T00:00:00Z',
      ['2026-01-01T08:30:00.000Z', '2026-01-02T08:30:00.000Z'],
    ],
    [
      'in a zone',
      { cron: '30 8 * * *', timeZone: 'Asia/Taipei' },
      '2026-01-01T00:00:00Z',
      ['2026-01-01T00:30:00.000Z', '2026-01-02T00:30:00.000Z'],
    ],
    [
      'at a moment that the clocks skip: once, right after the gap',
      { cron: '30 2 * * *', timeZone: 'Europe/Berlin' },
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [
      'through the gap of spring',
      { cron: '*/30 * * * *', timeZone: 'Europe/Berlin' },
      '2026-03-29T00:15:00Z',
      ['2026-03-29T00:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-29T01:30:00.000Z'],
    ],
    [
      'at a moment that the clocks repeat: once',
      { cron: '30 2 * * *', timeZone: 'Europe/Berlin' },
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
    [
      'through the repeated hour of autumn',
      { cron: '*/30 * * * *', timeZone: 'Europe/Berlin' },
      '2026-10-25T00:15:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-25T01:00:00.000Z', '2026-10-25T01:30:00.000Z', '2026-10-25T02:00:00.000Z'],
    ],
    [
      'on the day of the month or of the week',
      { cron: '0 0 13 * FRI' },
      '2026-02-07T00:00:00Z',
      ['2026-02-13T00:00:00.000Z', '2026-02-20T00:00:00.000Z'],
    ],
    ['in leap years', { cron: '0 0 29 2 *' }, '2026-01-01T00:00:00Z', ['2028-02-29T00:00:00.000Z', '2032-02-29T00:00:00.000Z']],
  ])('starts %s', (_, schedule, from, expected) => {
    expect(starts(schedule, from, expected.length)).toEqual(expected);
  });

  it('refuses a text that names no moment', () => {
    expect(() => nextRun({ schedule: { cron: '0 0 31 2 *' }, uid: UID, after: new Date(0) })).toThrow(/names no moment/);
  });
});
