import { beforeEach, expect, it } from 'vitest';
import type { Alert } from '../../src/domain/alerts/alert.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { IncidentQuery } from '../../src/domain/ports/incident-store.ts';
import { ingestOf, newAnomaly, start } from '../builders/ingest.ts';
import { type IncidentWorld, REOPEN_WITHIN_MS } from './incident-world.ts';

const ids = (of: readonly Incident[]): string[] => of.map(({ id }) => id).toSorted();
const soon = (): AbortSignal => AbortSignal.timeout(20_000);

/** What every IncidentStore promises of its list. `make` gives an empty one. */
export function incidentListContract(make: () => Promise<IncidentWorld>): void {
  let world: IncidentWorld;

  beforeEach(async () => {
    world = await make();
  });

  async function open(count: number, over: Partial<Alert> = {}): Promise<string[]> {
    const body = Array.from({ length: count }, () => ingestOf({ ...over, anomalyKey: over.anomalyKey ?? newAnomaly() }));
    await world.incidents.ingest(body, soon());
    return body.map(({ newId }) => newId);
  }

  /** All pages. */
  async function listed(query: Partial<IncidentQuery> = {}): Promise<Incident[]> {
    const all: Incident[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 1000; pages += 1) {
      const page = await world.incidents.list({ limit: 7, ...query, ...(cursor !== undefined && { cursor }) }, soon());
      expect(page.incidents.length).toBeLessThanOrEqual(query.limit ?? 7);
      all.push(...page.incidents);
      if (page.next === undefined) return all;
      cursor = page.next;
    }
    throw new Error('the pages never end');
  }

  it('gives each incident once, newest first, over all pages', async () => {
    const opened = await open(60);
    await world.elapse(2);
    opened.push(...(await open(3)));
    const all = await listed();
    expect(ids(all)).toEqual(opened.toSorted());
    const times = all.map(({ openedAt }) => openedAt.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(await world.incidents.list({ limit: 63 }, soon())).not.toHaveProperty('next');
  });

  it('gives what opens meanwhile on no later page', async () => {
    const opened = await open(10);
    const first = await world.incidents.list({ limit: 4 }, soon());
    if (first.next === undefined) throw new Error('there is more');
    await world.elapse(2);
    await open(5);
    const rest = await listed({ cursor: first.next });
    expect(ids([...first.incidents, ...rest])).toEqual(opened.toSorted());
  });

  it('filters', async () => {
    const anomalyKey = newAnomaly();
    const [mine = ''] = await open(1, { anomalyKey, name: 'Mine', source: 'sentry', severity: 'critical' });
    const others = await open(20);
    const [acked = '', resolved = '', ...plain] = others;
    await world.incidents.acknowledge(acked, { who: 'ann', tell: [] }, soon());
    await world.incidents.resolve(resolved, { who: 'ann', tell: [] }, soon());
    for (const query of [{ anomalyKey }, { name: 'Mine' }, { source: 'sentry' }, { severity: 'critical' }] as const) {
      expect(ids(await listed(query))).toEqual([mine]);
    }
    expect(ids(await listed({ status: 'acknowledged' }))).toEqual([acked]);
    expect(ids(await listed({ status: 'resolved' }))).toEqual([resolved]);
    expect(ids(await listed({ status: 'open' }))).toEqual([mine, ...plain].toSorted());
    expect(await listed({ status: 'open', name: 'No such' })).toEqual([]);
  });

  it('finds the newest incident of an anomaly, resolved or not, and none of an anomaly that has none', async () => {
    const anomalyKey = newAnomaly();
    expect(await world.incidents.newest(anomalyKey, soon())).toBeUndefined();
    await open(3);
    const [first = ''] = await open(1, { anomalyKey });
    expect(await world.incidents.newest(anomalyKey, soon())).toEqual(await world.incidents.find(first, soon()));
    await world.incidents.resolve(first, { who: 'ann', tell: [] }, soon());
    expect(await world.incidents.newest(anomalyKey, soon())).toMatchObject({ id: first, status: 'resolved' });
    await world.elapse(REOPEN_WITHIN_MS + 100);
    const [second = ''] = await open(1, { anomalyKey, startsAt: start(1) });
    expect(await world.incidents.newest(anomalyKey, soon())).toMatchObject({ id: second, anomalyKey });
  });

  it('keeps to the times of opening that are asked for, both included', async () => {
    await open(2);
    await world.elapse(3);
    const [id = ''] = await open(1);
    const between = await world.incidents.find(id, soon());
    if (!between) throw new Error('it was opened');
    await world.elapse(3);
    await open(2);
    const { openedAt } = between;
    expect(ids(await listed({ openedSince: openedAt, openedUntil: openedAt }))).toEqual([id]);
    expect(await listed({ openedSince: openedAt })).toHaveLength(3);
    expect(await listed({ openedUntil: openedAt })).toHaveLength(3);
  });

  it.each(['', 'x', 'bm90IGEgY3Vyc29y', 'MTIzNA', Buffer.from('5.inc-77-0123456789abc').toString('base64url')])(
    'refuses the cursor %j with a sentence',
    async cursor => {
      await expect(world.incidents.list({ limit: 5, cursor }, soon())).rejects.toMatchObject({
        fault: 'rejected',
        message: expect.stringContaining('leave it out to begin with the newest'),
      });
    },
  );
}
