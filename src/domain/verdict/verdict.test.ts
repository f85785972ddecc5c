import { expect, it } from 'vitest';
import { alertChainProbe, type ProbeParts, run } from '../../../test/builders/alert-chain-probe.ts';
import type { AlertChainProbeStatus } from '../../crds/alertchainprobe/status.ts';
import { type ProbeVerdict, verdict } from './verdict.ts';

const now = new Date('2026-01-01T00:05:00.000Z');
const STARTED = '2026-01-01T00:04:00.000Z';
const good = { name: 'api', type: 'Health', result: 'Passed' as const };
const bad = { name: 'paging', type: 'AlertmanagerCanary', result: 'Failed' as const, cause: 'Silenced', message: 'silence 42' };
const passed: AlertChainProbeStatus = {
  observedGeneration: 3,
  provenGeneration: 3,
  runToken: '',
  hops: [good],
  lastRun: run({ startedAt: STARTED }),
};
const ended = (result: 'Passed' | 'Failed' | 'Interrupted', startedAt: string) => ({
  id: startedAt,
  trigger: 'Schedule' as const,
  result,
  startedAt,
  finishedAt: startedAt,
});
const judge = (parts: ProbeParts, maxAgeSeconds = 300): ProbeVerdict =>
  verdict(alertChainProbe(parts), { name: 'prod/production', maxAgeSeconds, now });
const causes = ({ failed }: ProbeVerdict): string[] => failed.map(({ cause }) => cause);

it('is ok after a good and recent run', () => {
  expect(judge({ status: passed })).toEqual({
    ok: true,
    stale: false,
    suspended: false,
    maintenance: false,
    ageSeconds: 60,
    runToken: '',
    startedAt: STARTED,
    failed: [],
  });
});

const rows: [string, ProbeParts, string[]][] = [
  ['before the first run', {}, ['SpecPending', 'NotRunYet']],
  ['while the first run is under way', { status: { observedGeneration: 3, lastRun: run({ phase: 'Running' }) } }, ['NotRunYet']],
  ['after a failed run', { status: { ...passed, hops: [good, bad], lastRun: run({ phase: 'Failed', startedAt: STARTED }) } }, ['Silenced']],
  [
    'after a failed run, gate Report',
    { spec: { gate: 'Report' }, status: { ...passed, hops: [bad], lastRun: run({ phase: 'Failed', startedAt: STARTED }) } },
    ['Silenced'],
  ],
  ['with a hop that could not be tried', { status: { ...passed, hops: [{ ...good, result: 'Unknown' }] } }, ['Unknown']],
  ['without hops', { status: { ...passed, hops: [] } }, ['NoHops']],
  [
    'after a failed run that names no failed hop',
    { status: { ...passed, lastRun: run({ phase: 'Failed', startedAt: STARTED }) } },
    ['RunFailed'],
  ],
  ['when the last run is too old', { status: { ...passed, lastRun: run({ startedAt: '2025-12-31T23:59:00.000Z' }) } }, ['Stale']],
  ['suspended', { spec: { suspend: true }, status: passed }, ['Suspended']],
  ['with a token that is not handled', { spec: { runToken: 'v2' }, status: passed }, ['RunPending']],
  ['with a handled token', { spec: { runToken: 'v2' }, status: { ...passed, runToken: 'v2' } }, []],
  ['with a spec that the operator has not seen', { metadata: { generation: 4 }, status: passed }, ['SpecPending']],
  ['with a spec that no run has proven', { metadata: { generation: 4 }, status: { ...passed, observedGeneration: 4 } }, ['SpecPending']],
  [
    'while another run is under way, by the one that ended',
    {
      status: {
        ...passed,
        lastRun: run({ phase: 'Running' }),
        history: [ended('Passed', STARTED), ended('Failed', '2026-01-01T00:01:00Z')],
      },
    },
    [],
  ],
  [
    'while another run is under way, by the one that ended last, though the clock was set back since the one before',
    {
      status: {
        ...passed,
        lastRun: run({ phase: 'Running' }),
        history: [ended('Interrupted', STARTED), ended('Failed', STARTED), ended('Passed', '2026-01-01T01:04:00Z')],
      },
    },
    ['RunFailed'],
  ],
  [
    'when the last run is too old, though one before it seems to be still to come',
    {
      status: {
        ...passed,
        lastRun: run({ phase: 'Running' }),
        history: [ended('Passed', '2025-12-31T23:59:00.000Z'), ended('Passed', '2026-01-01T00:59:00.000Z')],
      },
    },
    ['Stale'],
  ],
  [
    'after a run that was cut off, by the one before',
    {
      status: {
        ...passed,
        lastRun: run({ phase: 'Interrupted' }),
        history: [ended('Interrupted', STARTED), ended('Passed', '2026-01-01T00:03:00Z')],
      },
    },
    [],
  ],
  [
    'when only cut-off runs are known',
    { status: { ...passed, lastRun: run({ phase: 'Interrupted' }), history: [ended('Interrupted', STARTED)] } },
    ['NotRunYet'],
  ],
];

it.each(rows)('%s', (_, parts, expected) => {
  const given = judge(parts);
  expect(causes(given)).toEqual(expected);
  expect(given.ok).toBe(expected.length === 0);
});

it('counts the age from the start of the run, to the second, and never below 0', () => {
  expect(judge({ status: passed }, 60).stale).toBe(false);
  expect(judge({ status: passed }, 59)).toMatchObject({ ok: false, stale: true });
  expect(judge({ status: { ...passed, lastRun: run({ startedAt: '2026-01-01T01:00:00Z' }) } }).ageSeconds).toBe(0);
});

it('says so in maintenance, by the run or by the clock', () => {
  const window = { cron: '0 0 * * *', duration: '10m', timeZone: 'Etc/UTC' };
  expect(judge({ status: { ...passed, lastRun: run({ startedAt: STARTED, maintenance: true }) } })).toMatchObject({
    ok: true,
    maintenance: true,
  });
  expect(judge({ spec: { maintenance: [window] }, status: passed }).maintenance).toBe(true);
  expect(judge({ spec: { maintenance: [{ ...window, cron: 'rubbish' }] }, status: passed }).maintenance).toBe(false);
});

it('says no for a probe that is not there', () => {
  const given = verdict(undefined, { name: 'prod/gone', maxAgeSeconds: 300, now });
  expect(given).toMatchObject({
    ok: false,
    failed: [{ hop: null, cause: 'ProbeNotFound', message: 'There is no AlertChainProbe prod/gone.' }],
  });
});
