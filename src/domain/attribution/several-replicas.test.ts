import { describe, expect, it } from 'vitest';
import { api, back, grown, replica, seen, SILENCED } from '../../../test/builders/canary-evidence.ts';
import { attribute } from './attribute.ts';
import type { ReplicaEvidence } from './evidence.ts';

const together = (...replicas: ReplicaEvidence[]) => attribute({ receiver: 'ours', replicas, refusals: [] });

const second = (own: Partial<ReplicaEvidence>) => replica({ name: 'http://am-1:9093', ...own });

describe('of several replicas', () => {
  const first = replica(back());
  const stray = { strayRoutes: [{ labels: { severity: 'critical' }, receivers: ['pager'] }] };
  const unjudged = { strayRoutes: [{ labels: { severity: 'critical' }, receivers: ['ours'], unreadable: ['a=~"(?U)x"'] }] };

  it.each<[string, ReplicaEvidence[], string | undefined]>([
    ['all back', [first, second(back())], undefined],
    ['one lost', [first, second({})], 'PartlyDelivered'],
    ['one late', [first, second(back(11_000))], 'DeliveredLate'],
    ['one through another receiver', [first, second(back(20, 'them'))], 'PartlyDelivered'],
    ['one late, one lost', [replica(back(11_000)), second({})], 'PartlyDelivered'],
    ['all back, one with a stray route', [first, second({ ...back(), ...stray })], 'RouteMissing'],
    ['all back, one with a route that cannot be judged', [first, second({ ...back(), ...unjudged })], 'RouteMissing'],
    ['all lost for one reason', [replica(SILENCED), second(SILENCED)], 'Silenced'],
    ['a stray route does not hide a loss', [replica({ ...SILENCED, ...stray }), second({ ...SILENCED, ...stray })], 'Silenced'],
  ])('%s', (_, replicas, cause) => {
    expect(together(...replicas)?.cause).toBe(cause);
  });

  it('says which matcher keeps a route from being judged, and what to do', () => {
    expect(together(first, second({ ...back(), ...unjudged }))?.message).toMatch(/cannot be told whether .*a=~"\(\?U\)x".*more simply/);
  });

  it('names who delivered and why the rest did not', () => {
    expect(together(first, second(api({})))?.message).toMatch(
      /^1 of 2 Alertmanagers delivered \(http:\/\/am:9093\)\. ApiUnreachable: .*http:\/\/am-1:9093/,
    );
  });

  it('tells different reasons one after the other', () => {
    expect(together(replica(SILENCED), second(api({})))).toMatchObject({
      cause: 'Silenced',
      message: expect.stringMatching(/^Silence s-1.*Besides: Could not read its status/),
    });
  });
});

describe('of three replicas that may wait 30 s for each other, in a hop of 30 s', () => {
  const budgetMs = 40_000;
  const cut = { budgetMs, cutShort: { waitedMs: 26_500, peerWaitMs: 30_000, stillWaiting: 1, neededMs: 48_500 } };
  const failing = { growth: grown({ sent: 1, failed: 1, failedByReason: { clientError: 1 } }) };
  const three = (...own: Partial<ReplicaEvidence>[]) => together(...own.map(each => replica({ ...cut, ...each })));

  it('the last is not lost yet, whatever the counters of all alerts say, and the timeout is what to change', () => {
    expect(three(back(), back(15_000), failing)).toEqual({
      cause: 'NotConfigured',
      message: expect.stringMatching(
        /may take 30 s for its peers \(peerTimeout\) and 10 s more \(latencyBudget\), and had 26\.5 s\. Raise timeout to at least 49s\.$/,
      ),
    });
  });

  it.each<[string, Partial<ReplicaEvidence>[], string | undefined]>([
    ['all back in the end', [back(), back(15_000), back(26_600)], undefined],
    ['more are missing than may wait', [back(), failing, failing], 'PartlyDelivered'],
    ['nobody was the first', [failing, failing, failing], 'NotDelivered'],
    ['one is silenced', [back(), back(15_000), SILENCED], 'PartlyDelivered'],
    [
      'one came through another receiver, but may still come through ours',
      [back(), back(15_000), { ...back(20, 'them'), ...seen({ receivers: ['them', 'ours'] }) }],
      'NotConfigured',
    ],
    ['one came after its budget', [back(41_000), back(), {}], 'DeliveredLate'],
  ])('%s', (_, replicas, cause) => {
    expect(three(...replicas)?.cause).toBe(cause);
  });
});
