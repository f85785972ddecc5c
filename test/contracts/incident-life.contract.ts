import { beforeEach, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/domain/incidents/incident.ts';
import { start } from '../builders/ingest.ts';
import { type Anomalous, anomalous, idOf, type IncidentWorld, REOPEN_WITHIN_MS } from './incident-world.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

const analysis: Analysis = {
  by: 'rules',
  asked: 'rules',
  rootCause: 'the disk is full',
  impact: 'orders fail',
  fix: 'make room',
  prevention: 'watch the disk',
  confidence: 0.5,
  at: start(),
};

/** What every IncidentStore promises of the life of an incident. */
export function incidentLifeContract(make: () => IncidentWorld): void {
  let world: IncidentWorld;
  let of: Anomalous;

  beforeEach(() => {
    world = make();
    of = anomalous(world);
  });

  const settling = async (settleMs: number): Promise<string> => {
    const id = idOf(await of.one());
    await of.one({ status: 'resolved' }, { settleMs });
    return id;
  };

  const end = (id: string, revision: number) => world.incidents.endUnheard(id, { revision, detail: 'silenced', tell: [] }, soon());

  describe('an incident of which nothing fires any more', () => {
    it('says since when, also while it settles, until one of its alerts fires again', async () => {
      const id = idOf(await of.one({ fingerprint: 'f1' }));
      await of.one({ fingerprint: 'f2' });
      await of.one({ fingerprint: 'f1', status: 'resolved' });
      expect((await of.found(id)).quietSince).toBeUndefined();
      await of.one({ fingerprint: 'f2', status: 'resolved' }, { settleMs: 60_000 });
      const quiet = await of.found(id);
      expect(quiet).toMatchObject({ status: 'open', firing: 0, quietSince: quiet.updatedAt });
      await of.one({ fingerprint: 'f2', startsAt: start(5) });
      expect((await of.found(id)).quietSince).toBeUndefined();
    });

    it('says when the last of them had ended by the word of its sender, which may come minutes later', async () => {
      const id = idOf(await of.one({ fingerprint: 'f1', startsAt: start(0) }));
      await of.one({ fingerprint: 'f2', startsAt: start(0) });
      expect((await of.found(id)).endedAt).toBeUndefined();
      await of.one({ fingerprint: 'f2', status: 'resolved', startsAt: start(0), endsAt: start(2) }, { settleMs: 60_000 });
      await of.one({ fingerprint: 'f1', status: 'resolved', startsAt: start(0), endsAt: start(1) }, { settleMs: 60_000 });
      const told = await of.found(id);
      expect(told).toMatchObject({ firing: 0, quietSince: told.updatedAt, endedAt: start(2) });
      await of.one({ fingerprint: 'f1', startsAt: start(5) });
      expect((await of.found(id)).endedAt).toBeUndefined();
    });

    it('says of one that ends in the future, or at no time, when that was told', async () => {
      const id = idOf(await of.one({ fingerprint: 'f1' }));
      await of.one({ fingerprint: 'f1', status: 'resolved', endsAt: new Date('2999-01-01T00:00:00Z') }, { settleMs: 60_000 });
      const early = await of.found(id);
      expect(early.endedAt).toEqual(early.updatedAt);
      await of.one({ fingerprint: 'f1', startsAt: start(5) });
      await of.one({ fingerprint: 'f1', status: 'resolved', startsAt: start(5) }, { settleMs: 60_000 });
      const silent = await of.found(id);
      expect(silent.endedAt).toEqual(silent.updatedAt);
    });

    it('does not say so where a person resolved it, or where nobody told the end', async () => {
      const id = idOf(await of.one());
      await world.incidents.resolve(id, { who: 'ann', tell: [] }, soon());
      expect((await of.found(id)).quietSince).toBeUndefined();
      const second = idOf(await of.one({ startsAt: start(5) }));
      await end(second, (await of.found(second)).revision);
      expect(await of.found(second)).toMatchObject({ firing: 0 });
      expect((await of.found(second)).quietSince).toBeUndefined();
    });
  });

  describe('an anomaly that comes back', () => {
    it('soon re-opens its incident, unacknowledged', async () => {
      const id = idOf(await of.one());
      await world.incidents.acknowledge(id, { who: 'ann', tell: [] }, soon());
      await of.one({ status: 'resolved' });
      expect(await of.one({ startsAt: start(5) })).toEqual({ is: 'accepted', incidentId: id, isNew: false });
      const incident = await of.found(id);
      expect(incident).toMatchObject({ status: 'open', firing: 1, occurrences: 2 });
      expect(incident.timeline.map(({ what }) => what)).toEqual(['opened', 'acknowledged', 'resolved', 'reopened']);
      expect([incident.resolvedAt, incident.acknowledgedAt]).toEqual([undefined, undefined]);
    });

    it('later opens a new one that knows of the earlier ones', async () => {
      const first = await of.found(idOf(await of.one()));
      await of.one({ status: 'resolved' });
      await world.elapse(REOPEN_WITHIN_MS + 20);
      const answer = await of.one({ startsAt: start(5) });
      expect(answer).toMatchObject({ is: 'accepted', isNew: true });
      const second = await of.found(idOf(answer));
      expect(second).toMatchObject({ occurrences: 1, firing: 1, frequency: { last1h: 2, last30d: 2 } });
      expect(second.firstSeen).toEqual(first.firstSeen);
      expect(second.id).not.toBe(first.id);
      expect(await of.found(first.id)).toMatchObject({ status: 'resolved', occurrences: 1 });
    });

    it('forgets which alerts fired in an incident that a person resolved', async () => {
      const id = idOf(await of.one());
      await world.incidents.resolve(id, { who: 'ann', tell: [] }, soon());
      await world.elapse(REOPEN_WITHIN_MS + 20);
      const second = idOf(await of.one({ fingerprint: 'f2' }));
      expect(second).not.toBe(id);
      expect(await of.one({ status: 'resolved' })).toMatchObject({ is: 'ignored' });
      await of.one({ fingerprint: 'f2', status: 'resolved' });
      expect(await of.found(second)).toMatchObject({ status: 'resolved', firing: 0 });
    });
  });

  describe('an incident that settles', () => {
    it('is given when its time is over, and resolves then', async () => {
      const id = await settling(800);
      expect(await world.incidents.settled(10, soon())).toEqual([]);
      expect(await world.incidents.autoResolve(id, [], soon())).toMatchObject({ is: 'unchanged', incident: { status: 'open', firing: 0 } });
      await world.elapse(820);
      expect(await world.incidents.settled(10, soon())).toEqual([
        { id, source: 'alertmanager', labels: { alertname: 'HighErrorRate', namespace: 'shop' } },
      ]);
      expect(await world.incidents.autoResolve(id, [], soon())).toMatchObject({ is: 'changed', incident: { status: 'resolved' } });
      expect(await world.incidents.autoResolve(id, [], soon())).toMatchObject({ is: 'unchanged' });
      expect(await world.incidents.settled(10, soon())).toEqual([]);
      expect((await of.found(id)).timeline.at(-1)).toMatchObject({ what: 'resolved', who: 'operator' });
    });

    it('stays open when an alert fires again', async () => {
      const id = await settling(300);
      await of.one({ startsAt: start(5) });
      await world.elapse(320);
      expect(await world.incidents.settled(10, soon())).toEqual([]);
      expect(await world.incidents.autoResolve(id, [], soon())).toMatchObject({ is: 'unchanged', incident: { status: 'open', firing: 1 } });
    });

    it('is held open, told once of each reason, and looked at again', async () => {
      const id = await settling(1);
      const held = (detail: string) => world.incidents.holdOpen(id, { forMs: 800, detail, tell: [] }, soon());
      const about = async (): Promise<unknown[]> =>
        (await of.found(id)).timeline.filter(({ what }) => what === 'resolution-held').map(({ who, detail }) => [who, detail]);
      await world.elapse(5);
      expect(await held('the Watchdog is silent')).toMatchObject({ is: 'changed', incident: { status: 'open', revision: 3 } });
      expect(await held('it is not due')).toMatchObject({ is: 'unchanged' });
      expect(await world.incidents.settled(10, soon())).toEqual([]);
      await world.elapse(820);
      expect(await world.incidents.settled(10, soon())).toHaveLength(1);
      expect(await held('the Watchdog is silent')).toMatchObject({ is: 'unchanged', incident: { revision: 3 } });
      expect(await world.incidents.settled(10, soon())).toEqual([]);
      expect(await about()).toEqual([['operator', 'the Watchdog is silent']]);
      await world.elapse(820);
      await held('another Watchdog is silent');
      expect(await about()).toEqual([
        ['operator', 'the Watchdog is silent'],
        ['operator', 'another Watchdog is silent'],
      ]);
    });
  });

  describe('an incident whose end was not heard of', () => {
    it('resolves with all of its alerts, and counts anew which fire when it opens again', async () => {
      const id = idOf(await of.one({ fingerprint: 'f1' }));
      await of.one({ fingerprint: 'f2' });
      const ended = { status: 'resolved', firing: 0, revision: 3 };
      expect(await end(id, 2)).toMatchObject({ is: 'changed', incident: ended });
      expect(await end(id, 3)).toMatchObject({ is: 'unchanged' });
      expect((await of.found(id)).timeline.at(-1)).toMatchObject({ what: 'resolved', who: 'operator', detail: 'silenced' });
      expect(await of.one({ fingerprint: 'f1', status: 'resolved' })).toMatchObject({ is: 'ignored' });
      await of.one({ fingerprint: 'f3', startsAt: start(5) });
      expect(await of.found(id)).toMatchObject({ status: 'open', firing: 1 });
      await of.one({ fingerprint: 'f1', startsAt: start(6) });
      expect(await of.found(id)).toMatchObject({ status: 'open', firing: 2 });
      await of.one({ fingerprint: 'f1', startsAt: start(6), status: 'resolved' });
      await of.one({ fingerprint: 'f3', startsAt: start(5), status: 'resolved' });
      expect(await of.found(id)).toMatchObject({ status: 'resolved', firing: 0 });
    });

    it('opens again with the very firing that it was resolved without, should that be heard of again', async () => {
      const id = idOf(await of.one({ startsAt: start(5) }));
      await end(id, 1);
      expect(await of.one({ startsAt: start(5) })).toMatchObject({ is: 'accepted', incidentId: id });
      expect(await of.found(id)).toMatchObject({ status: 'open', firing: 1, frequency: { last1h: 1 } });
    });

    it('stays as it is when anything has changed since it was looked at', async () => {
      const id = idOf(await of.one());
      await of.one({ startsAt: start(5) });
      expect(await end(id, 1)).toMatchObject({ is: 'unchanged', incident: { status: 'open', firing: 1, revision: 2 } });
    });

    it('is no longer one that settles', async () => {
      const id = await settling(1);
      await world.elapse(5);
      await end(id, 2);
      expect(await world.incidents.settled(10, soon())).toEqual([]);
    });

    it('is held open, told once of each reason', async () => {
      const id = idOf(await of.one());
      const held = () => world.incidents.holdOpen(id, { detail: 'the Watchdog is silent', tell: [] }, soon());
      expect(await held()).toMatchObject({ is: 'changed', incident: { status: 'open', revision: 2 } });
      expect(await held()).toMatchObject({ is: 'unchanged', incident: { revision: 2 } });
      expect(await world.incidents.settled(10, soon())).toEqual([]);
      await end(id, 2);
      expect(await held()).toMatchObject({ is: 'unchanged', incident: { status: 'resolved' } });
    });
  });

  describe('a person', () => {
    it('acknowledges an open incident once', async () => {
      const id = idOf(await of.one());
      const changed = await world.incidents.acknowledge(id, { who: 'ann', tell: [] }, soon());
      expect(changed).toMatchObject({ is: 'changed', incident: { status: 'acknowledged', revision: 2 } });
      expect(await world.incidents.acknowledge(id, { who: 'bob', tell: [] }, soon())).toMatchObject({
        is: 'unchanged',
        incident: { revision: 2 },
      });
      const incident = await of.found(id);
      expect(incident.timeline.at(-1)).toEqual({ at: incident.acknowledgedAt, what: 'acknowledged', who: 'ann' });
    });

    it('resolves an incident whatever its alerts do', async () => {
      const id = idOf(await of.one());
      expect(await world.incidents.resolve(id, { who: 'ann', tell: [] }, soon())).toMatchObject({
        is: 'changed',
        incident: { status: 'resolved', firing: 1 },
      });
      expect(await world.incidents.resolve(id, { who: 'bob', tell: [] }, soon())).toMatchObject({ is: 'unchanged' });
      expect(await world.incidents.acknowledge(id, { who: 'bob', tell: [] }, soon())).toMatchObject({ is: 'unchanged' });
      expect(await of.one({ status: 'resolved' })).toMatchObject({ is: 'accepted', incidentId: id });
      expect(await of.found(id)).toMatchObject({ status: 'resolved', firing: 0 });
    });

    it('silences and ends the silence', async () => {
      const id = idOf(await of.one());
      const silence = { id: 's1', by: 'ann', endsAt: start(60) };
      const silencing = { silence, who: 'ann', tell: [] };
      expect(await world.incidents.silenced(id, silencing, soon())).toMatchObject({ is: 'changed', incident: { silence } });
      expect(await world.incidents.silenced(id, silencing, soon())).toMatchObject({ is: 'unchanged' });
      const ended = { silence: undefined, who: 'bob', tell: [] };
      const changed = await world.incidents.silenced(id, ended, soon());
      expect(changed).toMatchObject({ is: 'changed' });
      expect(await world.incidents.silenced(id, ended, soon())).toMatchObject({ is: 'unchanged' });
      const incident = await of.found(id);
      expect(incident.silence).toBeUndefined();
      expect(incident.timeline.map(({ what, who }) => `${what} ${who}`).slice(1)).toEqual(['silenced ann', 'unsilenced bob']);
    });

    it('silences anew, and that silence is not ended with the one before', async () => {
      const id = idOf(await of.one());
      const silence = { id: 's"2', by: '"id":"s1"', endsAt: start(60) };
      const endOf = (ended: string) => world.incidents.silenced(id, { silence: undefined, ended, who: 'operator', tell: [] }, soon());
      expect(await endOf('s1')).toMatchObject({ is: 'unchanged' });
      await world.incidents.silenced(id, { silence, who: 'ann', tell: [] }, soon());
      expect(await endOf('s1')).toMatchObject({ is: 'unchanged', incident: { silence } });
      expect(await endOf('s"2')).toMatchObject({ is: 'changed', incident: { revision: 3 } });
      expect((await of.found(id)).silence).toBeUndefined();
    });
  });

  it('keeps the newest analysis, and notes that change nothing else', async () => {
    const id = idOf(await of.one());
    expect(await world.incidents.analysed(id, { analysis, tell: [] }, soon())).toMatchObject({
      is: 'changed',
      incident: { analysis, revision: 2 },
    });
    expect(await world.incidents.analysed(id, { analysis, tell: [] }, soon())).toMatchObject({ is: 'unchanged' });
    const better: Analysis = { ...analysis, by: 'a model', asked: 'model', because: 'it was asked' };
    await world.incidents.analysed(id, { analysis: better, tell: [] }, soon());
    await world.incidents.note(id, { what: 'escalated', who: 'operator', detail: 'half \ud800 a pair' }, soon());
    const incident = await of.found(id);
    expect(incident).toMatchObject({ analysis: better, revision: 3 });
    expect(incident.timeline.at(-1)).toMatchObject({ what: 'escalated', who: 'operator' });
  });

  it('keeps that it opened, and the newest of what happened', async () => {
    const id = idOf(await of.one());
    for (let n = 0; n < 250; n += 1) await world.incidents.note(id, { what: 'escalated', who: `${n}` }, soon());
    const { timeline } = await of.found(id);
    expect(timeline).toHaveLength(200);
    expect([timeline[0]?.what, timeline[1]?.who, timeline[199]?.who]).toEqual(['opened', '51', '249']);
  });

  it('says of an incident that is not there that it is missing', async () => {
    for (const id of ['inc-03-0123456789abc', 'inc-99-0123456789abc', 'no id']) {
      expect(await world.incidents.find(id, soon())).toBeUndefined();
      expect(await world.incidents.acknowledge(id, { who: 'ann', tell: [] }, soon())).toEqual({ is: 'missing' });
      expect(await world.incidents.autoResolve(id, [], soon())).toEqual({ is: 'missing' });
      await world.incidents.note(id, { what: 'escalated', who: 'operator' }, soon());
      await world.incidents.holdOpen(id, { forMs: 1, detail: 'no', tell: [] }, soon());
    }
  });
}
