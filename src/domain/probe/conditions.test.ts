import { expect, it } from 'vitest';
import { alertChainProbe, condition, type ProbeParts, run } from '../../../test/builders/alert-chain-probe.ts';
import type { AlertChainProbeStatus, HopStatus } from '../../crds/alertchainprobe/status.ts';
import { probeConditions } from './conditions.ts';

const good: HopStatus = { name: 'api', type: 'Health', result: 'Passed' };
const bad: HopStatus = { name: 'paging', type: 'AlertmanagerCanary', result: 'Failed', cause: 'Silenced', message: 'silence 42 matches.' };
const unset: HopStatus = {
  name: 'telegram',
  type: 'Telegram',
  result: 'Unknown',
  cause: 'SecretNotFound',
  message: 'Secret telegram is missing.',
};
const was = (status: 'True' | 'False', reason = 'AllHopsPassed'): AlertChainProbeStatus => ({
  conditions: [condition('ChainHealthy', { status, reason })],
});

const passed = { hops: [good], consecutiveFailures: 0, lastRun: run() };
const failing = (times: number, trigger: 'Schedule' | 'RunToken' = 'Schedule') => ({
  hops: [good, bad],
  consecutiveFailures: times,
  lastRun: run({ phase: 'Failed' as const, trigger }),
});

it.each([
  ['before the first run', {}, {}, ['Unknown', 'NotRunYet'], ['Unknown', 'NotRunYet']],
  ['after a good run', {}, passed, ['True', 'AllHopsPassed'], ['True', 'AllHopsPassed']],
  [
    'after one bad scheduled run of two',
    { status: was('True') },
    failing(1),
    ['True', 'FailureBelowThreshold'],
    ['True', 'FailureBelowThreshold'],
  ],
  [
    'after one bad scheduled run and none before: never green',
    {},
    failing(1),
    ['Unknown', 'FailureBelowThreshold'],
    ['Unknown', 'FailureBelowThreshold'],
  ],
  ['after two bad scheduled runs', { status: was('True') }, failing(2), ['False', 'Silenced'], ['False', 'Silenced']],
  ['after a bad run while broken', { status: was('False', 'Muted') }, failing(1), ['False', 'Silenced'], ['False', 'Silenced']],
  ['after one bad requested run', { status: was('True') }, failing(1, 'RunToken'), ['False', 'Silenced'], ['False', 'Silenced']],
  [
    'while a run is under way',
    { status: was('True') },
    { ...passed, lastRun: run({ phase: 'Running' }) },
    ['True', 'AllHopsPassed'],
    ['True', 'AllHopsPassed'],
  ],
  [
    'gate Report, chain broken',
    { spec: { gate: 'Report' as const }, status: was('True') },
    failing(2),
    ['False', 'Silenced'],
    ['True', 'ProbeWorking'],
  ],
  ['a new token pending', { spec: { runToken: 'v2' }, status: was('True') }, passed, ['True', 'AllHopsPassed'], ['Unknown', 'RunPending']],
  [
    'the token handled',
    { spec: { runToken: 'v2' }, status: was('True') },
    { ...passed, runToken: 'v2' },
    ['True', 'AllHopsPassed'],
    ['True', 'AllHopsPassed'],
  ],
  [
    'after the spec changed',
    { metadata: { generation: 4 }, status: was('True') },
    { ...passed, provenGeneration: 3 },
    ['Unknown', 'SpecChanged'],
    ['Unknown', 'SpecChanged'],
  ],
  ['suspended', { spec: { suspend: true }, status: was('True') }, passed, ['Unknown', 'Suspended'], ['Unknown', 'Suspended']],
] as const)('%s', (_, probe, status, chain, ready) => {
  const decided = probeConditions(alertChainProbe(probe), status);
  expect([decided.ChainHealthy.status, decided.ChainHealthy.reason]).toEqual(chain);
  expect([decided.Ready.status, decided.Ready.reason]).toEqual(ready);
  expect(decided.Stalled).toBeUndefined();
});

const onlyConditions = (observedGeneration: number, reason = 'AllHopsPassed'): AlertChainProbeStatus => ({
  conditions: [condition('ChainHealthy', { status: reason === 'InvalidSpec' ? 'Unknown' : 'True', reason, observedGeneration })],
});

it.each([
  ['an older spec', onlyConditions(2), {}, 'Unknown/NotRunYet'],
  ['an older spec, its run under way', onlyConditions(2), { lastRun: run({ phase: 'Running' }) }, 'Unknown/NotRunYet'],
  ['an older spec, one bad scheduled run after it', onlyConditions(2), failing(1), 'Unknown/FailureBelowThreshold'],
  ['this spec', onlyConditions(3), {}, 'True/AllHopsPassed'],
  ['this spec, one bad scheduled run after it', onlyConditions(3), failing(1), 'True/FailureBelowThreshold'],
  ['this spec, which was not valid to the operator then', onlyConditions(3, 'InvalidSpec'), {}, 'Unknown/NotRunYet'],
] as const)('keeps what was decided, where no more of a status could be read, for that spec alone: %s', (_, was, status, expected) => {
  const { ChainHealthy, Ready } = probeConditions(alertChainProbe({ status: was }), status);
  expect([ChainHealthy, Ready].map(({ status: is, reason }) => `${is}/${reason}`)).toEqual([expected, expected]);
});

it('is stalled, and never green in either gate, when a hop cannot be tried for want of a Secret', () => {
  for (const gate of ['Enforce', 'Report'] as const) {
    const status = { hops: [good, unset], consecutiveFailures: 2, lastRun: run({ phase: 'Failed' }) };
    const decided = probeConditions(alertChainProbe({ spec: { gate }, status: was('True') }), status);
    expect(decided.ChainHealthy).toMatchObject({ status: 'Unknown', reason: 'SecretNotFound' });
    expect(decided.Ready).toMatchObject({ status: 'False', reason: 'SecretNotFound' });
    expect(decided.Stalled).toMatchObject({ status: 'True', reason: 'SecretNotFound' });
  }
});

it.each<[string, string, ProbeParts]>([
  ['SpecChanged', 'of the old spec', { metadata: { generation: 4 } }],
  ['RunPending', 'of an older token', { metadata: { generation: 4 }, spec: { runToken: 'v2' } }],
  ['RunPending', 'of an older token and of this spec', { spec: { runToken: 'v2' } }],
])('is %s, and neither stalled nor red, while all that is known is %s', (reason, _, probe) => {
  for (const gate of ['Enforce', 'Report'] as const) {
    for (const phase of ['Failed', 'Running', 'Interrupted'] as const) {
      const status = { hops: [good, unset], consecutiveFailures: 2, provenGeneration: 3, lastRun: run({ phase }) };
      const decided = probeConditions(alertChainProbe({ ...probe, spec: { gate, ...probe.spec } }), status);
      expect(decided.Ready).toMatchObject({ status: 'Unknown', reason });
      expect(decided.Stalled).toBeUndefined();
    }
  }
});

it('names the broken hop first and the others after it, and stays short', () => {
  const status = { hops: [{ ...bad, message: 'x'.repeat(5000) }, unset], consecutiveFailures: 9, lastRun: run({ phase: 'Failed' }) };
  const { message } = probeConditions(alertChainProbe(), status).ChainHealthy;
  expect(message).toMatch(/^Hop paging: x+/);
  expect(message.length).toBeLessThanOrEqual(1024);
  const short = probeConditions(alertChainProbe(), { ...status, hops: [bad, unset] }).ChainHealthy.message;
  expect(short).toBe('Hop paging: silence 42 matches. Also failing: telegram (SecretNotFound).');
});
