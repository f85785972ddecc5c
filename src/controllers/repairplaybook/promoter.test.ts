import { describe, expect, it } from 'vitest';
import { lasting } from '../../../test/builders/kube-frame.ts';
import { PromotionBench } from '../../../test/builders/promotion-bench.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import type { PromotionCandidate } from '../../domain/ports/learning-repository.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { PromoterDeps } from './deps.ts';
import { promoter } from './promoter.ts';

/** The promoter on a leader, until the test has seen enough. */
async function leading(deps: PromoterDeps, seen: () => boolean): Promise<void> {
  const leadership = lasting();
  const running = promoter(deps).start(new AbortController().signal, leadership);
  await eventually(seen);
  leadership.end('the test is over');
  await running;
}

it('writes what is on the list, and ends with its leadership', async () => {
  const bench = new PromotionBench();
  await leading(bench.deps, () => bench.counted.length > 0);
  expect([bench.counted, bench.cluster.size]).toEqual([['created'], 1]);
  expect(bench.logged).toEqual(['a repair has proved itself: wrote its playbook, to be read and reviewed']);
});

describe('what cannot be written', () => {
  const refused = new PortError('rejected', 'writing RepairPlaybook gone/x: namespaces "gone" not found', { statusCode: 404 });

  /** Two rounds at once: whoever is asked a third time waits until the test is over. */
  async function rounds(bench: PromotionBench, listed: readonly PromotionCandidate[], aheadMs: number) {
    let asked = 0;
    const limits: number[] = [];
    const many = Array.from({ length: 100 }, (_, n) => ({ anomalyKey: `v1-${n}`, action: 'restart_pod', mark: '1' }));
    const candidates: PromoterDeps['learning']['candidates'] = async limit => {
      limits.push(limit);
      asked += 1;
      // A full round is followed by the next at once.
      if (asked === 1) return [...listed, ...many];
      return asked === 2 ? listed : new Promise(() => {});
    };
    const settled: string[] = [];
    const now = (): Date => new Date(bench.now.getTime() + (asked === 2 ? aheadMs : 0));
    const learning = {
      ...bench.deps.learning,
      candidates,
      settle: async ({ anomalyKey }: PromotionCandidate) => void settled.push(anomalyKey),
    };
    const writer: PromoterDeps['writer'] = {
      mayLearnAgain: async () => false,
      write: async () => (settled.length >= 100 ? 'created' : Promise.reject(refused)),
    };
    const counted: string[] = [];
    const anomaly: PromoterDeps['learning']['anomaly'] = async (key, signal) =>
      key.startsWith('v1-') && key.length < 6 ? { occurrences: 0, actions: [] } : bench.deps.learning.anomaly(key, signal);
    const leadership = lasting();
    void promoter({ ...bench.deps, writer, now, learning: { ...learning, anomaly }, counted: result => void counted.push(result) }).start(
      new AbortController().signal,
      leadership,
    );
    await eventually(() => counted.length >= 101 && asked >= 2);
    await eventually(() => aheadMs < 5_000 || counted.includes('created'));
    leadership.end('the test is over');
    return { counted, settled, limits };
  }

  it('is told, keeps its place on the list, and holds nobody up', async () => {
    const bench = new PromotionBench();
    const { counted, settled, limits } = await rounds(bench, [bench.candidate], 4_000);
    expect(counted.filter(result => result === 'failed')).toHaveLength(1);
    expect([settled.length, settled.includes(bench.candidate.anomalyKey)]).toEqual([100, false]);
    expect(bench.logged).toContain('a repair that has proved itself could not become a playbook yet; it is tried again');
    expect(bench.fields).toContainEqual(
      expect.objectContaining({ err: `rejected: ${refused.message}`, advice: expect.stringContaining('create the namespace') }),
    );
    // So many rest that the list is asked for as many more.
    expect(limits.slice(0, 2)).toEqual([100, 101]);
  });

  it('is tried again after its rest', async () => {
    const bench = new PromotionBench();
    const { counted, settled } = await rounds(bench, [bench.candidate], 5_000);
    expect(counted.filter(result => result !== 'refused')).toEqual(['failed', 'created']);
    expect(settled).toContain(bench.candidate.anomalyKey);
  });
});

async function away(): Promise<never> {
  throw new PortError('unavailable', 'Redis does not answer');
}

it('goes on after the store was away', async () => {
  const bench = new PromotionBench();
  await leading({ ...bench.deps, learning: { ...bench.deps.learning, candidates: away } }, () => bench.logged.length > 0);
  expect(bench.logged[0]).toContain('asked again');
});
