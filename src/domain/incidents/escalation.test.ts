import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES, type Severity } from '../alerts/alert.ts';
import { type Escalation, ESCALATION_BOUNDS, ESCALATIONS, escalationOf } from './escalation.ts';

const seldom = { last1h: 1, last24h: 1, last7d: 1, last30d: 1 };

const rank = (severity: Severity, frequency: typeof seldom): number => ESCALATIONS.indexOf(escalationOf({ severity, frequency }));

describe('escalationOf', () => {
  it.each<[Escalation, Severity, Partial<typeof seldom>]>([
    ['none', 'critical', {}],
    ['none', 'warning', { last30d: 4 }],
    ['none', 'warning', { last7d: 2, last30d: 2 }],
    ['recurring', 'critical', { last7d: 2, last30d: 2 }],
    ['recurring', 'error', { last30d: 3 }],
    ['recurring', 'warning', { last7d: 3, last30d: 3 }],
    ['recurring', 'none', { last30d: 5 }],
    ['frequent', 'critical', { last24h: 5 }],
    ['recurring', 'warning', { last24h: 9, last7d: 9 }],
    ['frequent', 'warning', { last24h: 10 }],
    ['frequent', 'critical', { last7d: 10 }],
    ['frequent', 'info', { last7d: 20 }],
    ['flapping', 'critical', { last1h: 5 }],
    ['frequent', 'warning', { last1h: 9, last24h: 10 }],
    ['flapping', 'warning', { last1h: 10 }],
  ])('is %s for %s of %j', (level, severity, frequency) => {
    expect(escalationOf({ severity, frequency: { ...seldom, ...frequency } })).toBe(level);
  });

  it('is as docs/cli.md says', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
    const windows = { last1h: '1 h', last24h: '24 h', last7d: '7 d', last30d: '30 d' };
    const said = (level: Escalation, count: 'atLeast' | 'urgentAtLeast'): string =>
      ESCALATION_BOUNDS.filter(bound => bound.level === level)
        .map(bound => `${bound[count]} in ${windows[bound.window]}`)
        .join(', or ');
    for (const level of ESCALATIONS.slice(1)) {
      expect(page).toContain(`| ${level} | ${said(level, 'urgentAtLeast')} | ${said(level, 'atLeast')} |`);
    }
  });

  it('never falls when it comes more often, or is more urgent', () => {
    const count = fc.nat(30);
    const frequency = fc.record({ last1h: count, last24h: count, last7d: count, last30d: count });
    fc.assert(
      fc.property(frequency, frequency, fc.constantFrom(...SEVERITIES), (one, more, severity) => {
        const both = {
          last1h: one.last1h + more.last1h,
          last24h: one.last24h + more.last24h,
          last7d: one.last7d + more.last7d,
          last30d: one.last30d + more.last30d,
        };
        expect(rank(severity, both)).toBeGreaterThanOrEqual(rank(severity, one));
        expect(rank('critical', one)).toBeGreaterThanOrEqual(rank(severity, one));
      }),
    );
  });
});
