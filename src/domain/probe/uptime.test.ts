import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recorded, uptime } from './uptime.ts';

const at = (iso: string): Date => new Date(iso);
const HOUR = 3_600_000;

it('counts passed runs over the three spans', () => {
  let ledger = recorded(undefined, { at: at('2026-01-01T00:00:00Z'), passed: true });
  ledger = recorded(ledger, { at: at('2026-01-01T00:05:00Z'), passed: false });
  expect(uptime(ledger, at('2026-01-01T00:06:00Z'))).toEqual({ '24h': '50.00%', '7d': '50.00%', '30d': '50.00%' });
});

it('forgets what is older than the span, and leaves out a span without a run', () => {
  const ledger = recorded(undefined, { at: at('2026-01-01T00:00:00Z'), passed: false });
  expect(uptime(ledger, at('2026-01-03T00:00:00Z'))).toEqual({ '7d': '0.00%', '30d': '0.00%' });
  expect(uptime(ledger, at('2026-02-03T00:00:00Z'))).toEqual({});
});

it('never rounds up to a clean record', () => {
  let ledger = recorded(undefined, { at: at('2026-01-01T00:00:00Z'), passed: false });
  for (let run = 0; run < 30_000; run++) ledger = recorded(ledger, { at: at('2026-01-01T00:00:30Z'), passed: true });
  expect(uptime(ledger, at('2026-01-01T00:01:00Z'))['24h']).toBe('99.99%');
});

it('stays small and equals a plain count, whatever the runs', () => {
  const runs = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 40 * HOUR }), passed: fc.boolean() }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(runs, given => {
      let time = Date.parse('2026-01-01T00:00:00Z');
      let ledger: ReturnType<typeof recorded> | undefined;
      const all = given.map(({ gap, passed }) => {
        time += gap;
        ledger = recorded(ledger, { at: new Date(time), passed });
        return { hour: Math.floor(time / HOUR), passed };
      });
      const recent = all.filter(run => run.hour > Math.floor(time / HOUR) - 24);
      const want = Math.floor((recent.filter(run => run.passed).length / recent.length) * 10_000) / 100;
      expect(ledger && uptime(ledger, new Date(time))['24h']).toBe(`${want.toFixed(2)}%`);
      expect(JSON.stringify(ledger).length).toBeLessThan(1000);
    }),
  );
});

it('reads a damaged ledger as empty where it is damaged', () => {
  expect(uptime({ hours: 'garbage', days: '' }, at('2026-01-01T00:00:00Z'))).toEqual({});
});
