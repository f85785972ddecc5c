import { describe, expect, it } from 'vitest';
import type { HopResult } from '../../domain/chain/hop-result.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { allPassed, type ProbeReport } from './run-report.ts';
import { table } from './table.ts';

const HOPS: readonly HopResult[] = [
  { name: 'api', type: 'Health', result: 'Passed', message: 'The API answers.', latencyMs: 12.3456, statusCode: 200 },
  { name: 'paging', type: 'AlertmanagerCanary', result: 'Failed', cause: 'Silenced', message: 'Silence "x" by <ops> & co.\u0001' },
  { name: 'dog', type: 'Watchdog', result: 'Unknown', cause: 'StoreUnavailable', message: 'Redis does not answer.' },
];

function report(hops = HOPS): ProbeReport {
  const startedAt = new Date('2026-03-01T12:00:00Z');
  return { namespace: 'monitoring', name: 'production', run: { startedAt, finishedAt: new Date(startedAt.getTime() + 1234), hops } };
}

const plain = { colour: false };

describe('table', () => {
  it('aligns its columns and says the verdict first', () => {
    expect(table([report()], plain).split('\n')).toEqual([
      'monitoring/production: FAILED, 2 of 3 hops did not pass, in 1.2 s',
      'HOP     TYPE                RESULT   LATENCY  MESSAGE',
      'api     Health              Passed   12 ms    The API answers.',
      'paging  AlertmanagerCanary  Failed   -        Silenced: Silence "x" by <ops> & co.\u0001',
      'dog     Watchdog            Unknown  -        StoreUnavailable: Redis does not answer.',
      '',
    ]);
  });

  it('says that all passed', () => {
    expect(table([report(HOPS.slice(0, 1))], plain)).toContain('PASSED, all 1 hops passed');
  });

  it('has colours only where they are asked for, and aligned all the same', () => {
    const coloured = table([report()], { colour: true });
    expect(coloured).toContain('\u001b[31mFailed \u001b[0m');
    expect(coloured.replaceAll(new RegExp(String.raw`\u001b\[\d+m`, 'g'), '')).toBe(table([report()], plain));
  });
});

it('json keeps its shape', () => {
  expect(JSON.parse(json([report()], plain))).toEqual({
    passed: false,
    probes: [
      {
        namespace: 'monitoring',
        name: 'production',
        passed: false,
        startedAt: '2026-03-01T12:00:00.000Z',
        finishedAt: '2026-03-01T12:00:01.234Z',
        hops: [
          { name: 'api', type: 'Health', result: 'Passed', message: 'The API answers.', latencyMs: 12.346, statusCode: 200 },
          { name: 'paging', type: 'AlertmanagerCanary', result: 'Failed', cause: 'Silenced', message: 'Silence "x" by <ops> & co.\u0001' },
          { name: 'dog', type: 'Watchdog', result: 'Unknown', cause: 'StoreUnavailable', message: 'Redis does not answer.' },
        ],
      },
    ],
  });
});

describe('junit', () => {
  const text = junit([report()], plain);

  it('counts failures and errors', () => {
    expect(text).toContain('<testsuite name="monitoring/production" tests="3" failures="1" errors="1" skipped="0" time="1.234"');
  });

  it('escapes, and leaves out what XML cannot hold', () => {
    expect(text).toContain('message="Silence &quot;x&quot; by &lt;ops&gt; &amp; co.\ufffd"');
    expect(text).not.toContain('\u0001');
  });
});

it('takes no reports at all for a failure', () => {
  expect(allPassed([])).toBe(false);
});
