import { describe, expect, it } from 'vitest';
import { alertChainProbe, run } from '../../../test/builders/alert-chain-probe.ts';
import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { HopStatus } from '../../crds/alertchainprobe/status.ts';
import { VerifyTerms } from '../../crds/repairplaybook/terms.ts';
import type { HopResult } from '../chain/hop-result.ts';
import { judge } from '../repair/judge.ts';
import { lastCanaries } from '../verification/last-canary.ts';
import { finished } from './progress.ts';

const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minutes));

type Ran = readonly [minutes: number, result: HopResult['result'], generation?: number];

/** The probe after runs that ended so, one after the other. */
function after(runs: readonly Ran[], before: HopStatus[] = []): AlertChainProbe {
  let probe = alertChainProbe({ status: { hops: before, provenGeneration: 1 } });
  for (const [minutes, result, generation = 1] of runs) {
    const hops: HopResult[] = [{ name: 'canary', type: 'AlertmanagerCanary', result, message: '' }];
    const step = { do: 'finish', run: run({ generation }), result: { startedAt: at(minutes), finishedAt: at(minutes), hops } } as const;
    const patch = finished(probe, step, { now: at(minutes), nextRun: at(minutes + 5) });
    probe = { ...probe, status: { ...probe.status, ...patch } };
  }
  return probe;
}

const passed = (minutes: number, generation = 1): Ran => [minutes, 'Passed', generation];

describe('since when a hop passes', () => {
  it.each<[string, readonly Ran[], number | undefined]>([
    ['its first success', [passed(0)], 0],
    ['the first of a row', [passed(0), passed(5), passed(15)], 0],
    ['the first after a failure', [passed(0), [5, 'Failed'], passed(10)], 10],
    ['the first after it could not be tried', [passed(0), [5, 'Unknown'], passed(9)], 9],
    ['the first after a gap', [passed(0), passed(11)], 11],
    ['the first of another spec', [passed(0), passed(5, 2)], 5],
    ['the first after a clock that ran ahead', [passed(5), passed(0)], 0],
    ['nothing while it fails', [passed(0), [5, 'Failed']], undefined],
  ])('is %s', (_, runs, since) => {
    expect(after(runs).status?.hops?.[0]?.steadySince).toBe(since === undefined ? undefined : at(since).toISOString());
  });

  it('is the last success that an earlier version wrote down', () => {
    const before: HopStatus = { name: 'canary', type: 'AlertmanagerCanary', result: 'Passed', lastSuccessTime: at(0).toISOString() };
    expect(after([passed(5)], [before]).status?.hops?.[0]?.steadySince).toBe(before.lastSuccessTime);
  });
});

/** How a repair is judged each minute whose alert resolved at 8, by the canaries that came back so far. */
function judged(runs: readonly Ran[], until: number): string {
  for (let minute = 8; minute <= until; minute++) {
    const known = after(runs.filter(([minutes]) => minutes <= minute));
    const aliveSince = lastCanaries([known], 'alertmanager')[0]?.steadySince;
    const judgement = judge({
      testimony: { alert: 'resolved', resolvedAt: at(8), chain: 'alive', detail: '', ...(aliveSince && { aliveSince }) },
      workload: 'none',
      terms: VerifyTerms.parse({ window: '10m', quiet: '10m' }),
      begunAt: at(4),
      doneAt: at(5),
      resolvedAt: at(8),
      ruleSeen: false,
      now: at(minute),
    });
    if (judgement.is === 'decided') return `${judgement.phase} at ${minute}`;
  }
  return 'open';
}

const every5 = (result: (minutes: number) => HopResult['result']): Ran[] =>
  Array.from({ length: 30 }, (_, i) => [i * 5, result(i * 5)] as const);

describe('a repair that canaries every five minutes vouch for', () => {
  it('succeeds after the quiet time where each came back', () => {
    expect(
      judged(
        every5(() => 'Passed'),
        60,
      ),
    ).toBe('Succeeded at 18');
  });

  it('has not by one that came back at the end: it must be quiet for as long from there', () => {
    expect(
      judged(
        every5(minutes => (minutes > 5 && minutes < 15 ? 'Failed' : 'Passed')),
        60,
      ),
    ).toBe('Succeeded at 25');
  });

  it('has not while the newest failed', () => {
    expect(
      judged(
        every5(minutes => (minutes === 15 ? 'Failed' : 'Passed')),
        29,
      ),
    ).toBe('open');
  });

  it('ends though every other one fails', () => {
    expect(
      judged(
        every5(minutes => (minutes % 10 === 0 ? 'Passed' : 'Failed')),
        120,
      ),
    ).toBe('Unknown at 90');
  });
});
