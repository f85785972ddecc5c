import { beforeEach, describe, expect, it } from 'vitest';
import { type AlertOver, ingestOf, newAnomaly, start } from '../builders/ingest.ts';
import { type Anomalous, anomalous, idOf, type IncidentWorld, sameAs } from './incident-world.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

const repeats = (count: number): string[] => Array.from({ length: count }, () => 'deduplicated');

/** What every IncidentStore promises of the messages about alerts. */
export function incidentStoreContract(make: () => IncidentWorld): void {
  let world: IncidentWorld;
  let of: Anomalous;

  beforeEach(() => {
    world = make();
    of = anomalous(world);
  });

  describe('a firing alert', () => {
    it('opens an incident that holds what the alert says', async () => {
      const ingest = ingestOf({ anomalyKey: of.anomalyKey });
      expect(await world.incidents.ingest([ingest], soon())).toEqual([{ is: 'accepted', incidentId: ingest.newId, isNew: true }]);
      const { name, labels, annotations, links, source, severity } = ingest.alert;
      const incident = await of.found(ingest.newId);
      expect(incident).toMatchObject({ id: ingest.newId, anomalyKey: of.anomalyKey, name, labels, annotations, links, source, severity });
      expect(incident).toMatchObject({ status: 'open', revision: 1, occurrences: 1, firing: 1, deliveries: [] });
      expect(incident.frequency).toEqual({ last1h: 1, last24h: 1, last7d: 1, last30d: 1 });
      expect(incident.startedAt).toEqual(ingest.alert.startsAt);
      expect(incident.timeline).toEqual([{ at: incident.openedAt, what: 'opened', who: 'alertmanager' }]);
      expect([incident.firstSeen, incident.lastSeen, incident.updatedAt]).toEqual(Array(3).fill(incident.openedAt));
    });

    it.each<[string, AlertOver, RegExp]>([
      ['again', {}, /^the occurrence that was counted at 20\S+Z$/],
      [
        'of another start that is older',
        { startsAt: start(-1) },
        /^the newer firing of this alert, which began at 2026-11-23T08:00:00.000Z$/,
      ],
      ['without any start', { startsAt: undefined }, /^the firing of this alert that has not ended yet$/],
    ])('that comes %s is the same', async (_, over, against) => {
      const id = idOf(await of.one());
      expect(await of.one(over)).toMatchObject({ incidentId: id, ...sameAs(against) });
      expect(await of.found(id)).toMatchObject({ occurrences: 1, revision: 1, firing: 1 });
    });

    it('of the same anomaly is counted on the incident, whose labels are then its', async () => {
      const id = idOf(await of.one());
      const answer = await of.one({ fingerprint: 'f2', labels: { pod: 'b' }, annotations: {}, links: {}, name: 'Other' });
      expect(answer).toEqual({ is: 'accepted', incidentId: id, isNew: false });
      expect(await of.found(id)).toMatchObject({
        occurrences: 2,
        revision: 2,
        firing: 2,
        fingerprint: 'f2',
        labels: { pod: 'b' },
        annotations: {},
        links: {},
        name: 'Other',
      });
      expect((await of.found(id)).frequency.last1h).toBe(2);
    });

    it('that fires anew without having resolved is counted, and fires once', async () => {
      const id = idOf(await of.one());
      expect(await of.one({ startsAt: start(5) })).toMatchObject({ is: 'accepted', isNew: false });
      expect(await of.found(id)).toMatchObject({ occurrences: 2, firing: 1, startedAt: start(5) });
      await of.one({ startsAt: undefined, fingerprint: 'f2' });
      expect(await of.found(id)).not.toHaveProperty('startedAt');
    });

    it('is told apart by what the sender calls an occurrence, whatever it says of the start', async () => {
      const id = idOf(await of.one({ occurrence: 'e1' }));
      expect(await of.one({ occurrence: 'e1', startsAt: start(3) })).toMatchObject(sameAs(/^the occurrence/));
      expect(await of.one({ occurrence: 'e2', startsAt: start(3) })).toMatchObject({ is: 'accepted', incidentId: id });
      expect(await of.found(id)).toMatchObject({ occurrences: 2 });
    });

    it.each([
      ['the issue first', [undefined, 'e1']],
      ['the event first', ['e1', undefined]],
      ['the event twice', [undefined, 'e1', 'e1']],
      ['the issue, the event, and the list of issues', [undefined, 'e1', undefined]],
      ['the event, and the list of issues over and over', ['e1', undefined, undefined, undefined]],
    ])('that Sentry tells of twice, as an issue and as an event, is counted once: %s', async (_, tokens) => {
      const messages = tokens.map(token => ({ startsAt: undefined, ...(token !== undefined && { occurrence: token }) }));
      const answers: string[] = [];
      for (const message of messages) answers.push((await of.one(message)).is);
      expect(answers).toEqual(['accepted', ...tokens.slice(1).map(() => 'deduplicated')]);
      const id = idOf(await of.one({ startsAt: undefined, occurrence: 'e2' }));
      expect(await of.found(id)).toMatchObject({ occurrences: 2, firing: 1, frequency: { last1h: 2 } });
    });

    it('that the list of Sentry’s issues still names does not re-open what a person resolved', async () => {
      const id = idOf(await of.one({ startsAt: undefined, occurrence: 'e1' }));
      await world.incidents.resolve(id, { who: 'ann', tell: [] }, soon());
      expect(await of.one({ startsAt: undefined })).toMatchObject({ incidentId: id, ...sameAs(/has not ended yet/) });
      expect(await of.found(id)).toMatchObject({ status: 'resolved', occurrences: 1 });
    });

    it('without a start counts each time after it resolved', async () => {
      const bare = { startsAt: undefined };
      const id = idOf(await of.one(bare));
      await of.one({ ...bare, status: 'resolved' });
      expect(await of.one(bare)).toEqual({ is: 'accepted', incidentId: id, isNew: false });
      expect(await of.one(bare)).toMatchObject(sameAs(/has not ended yet/));
      expect(await of.found(id)).toMatchObject({ occurrences: 2, firing: 1, status: 'open' });
    });

    it('of a request that came before is the same, even after it resolved', async () => {
      const id = idOf(await of.one({ requestId: 'r1' }));
      await of.one({ status: 'resolved' });
      const again = await of.one({ requestId: 'r1', startsAt: start(9) });
      expect(again).toMatchObject({ incidentId: id, ...sameAs(/^a request with the same id/) });
      expect(await of.one({ requestId: 'r1', fingerprint: 'f2' })).toMatchObject({ is: 'accepted' });
    });

    it('that is retried after it resolved is the same', async () => {
      const id = idOf(await of.one());
      await of.one({ status: 'resolved' });
      expect(await of.one()).toMatchObject({ incidentId: id, ...sameAs(/^the occurrence/) });
      expect(await of.found(id)).toMatchObject({ status: 'resolved', occurrences: 1, firing: 0 });
    });

    it('has the most urgent severity that was seen', async () => {
      const id = idOf(await of.one());
      await of.one({ fingerprint: 'f2', severity: 'critical' });
      await of.one({ fingerprint: 'f3', severity: 'info' });
      expect(await of.found(id)).toMatchObject({ severity: 'critical' });
    });

    it('of an acknowledged incident asks for another acknowledgement once it is critical, and not for less', async () => {
      const id = idOf(await of.one());
      await world.incidents.acknowledge(id, { who: 'ann', tell: [] }, soon());
      await of.one({ fingerprint: 'f2', severity: 'error' });
      expect(await of.found(id)).toMatchObject({ status: 'acknowledged' });
      await of.one({ fingerprint: 'f3', severity: 'critical' });
      const incident = await of.found(id);
      expect([incident.status, incident.acknowledgedAt]).toEqual(['open', undefined]);
      expect(incident.timeline.at(-1)).toMatchObject({ what: 'unacknowledged', who: 'alertmanager', detail: 'it turned critical' });
      await world.incidents.acknowledge(id, { who: 'ann', tell: [] }, soon());
      await of.one({ fingerprint: 'f4', severity: 'critical' });
      expect(await of.found(id)).toMatchObject({ status: 'acknowledged' });
    });

    it('leaves an acknowledged incident acknowledged', async () => {
      const id = idOf(await of.one());
      await world.incidents.acknowledge(id, { who: 'ann', tell: [] }, soon());
      await of.one({ fingerprint: 'f2' });
      expect(await of.found(id)).toMatchObject({ status: 'acknowledged', occurrences: 2 });
    });
  });

  describe('a resolved alert', () => {
    it('ends the incident once it was the last that fired', async () => {
      const id = idOf(await of.one());
      await of.one({ fingerprint: 'f2' });
      expect(await of.one({ status: 'resolved' })).toEqual({ is: 'accepted', incidentId: id, isNew: false });
      expect(await of.found(id)).toMatchObject({ status: 'open', firing: 1 });
      await of.one({ fingerprint: 'f2', status: 'resolved' });
      const incident = await of.found(id);
      expect(incident).toMatchObject({ status: 'resolved', firing: 0, revision: 4 });
      expect(incident.resolvedAt).toEqual(incident.updatedAt);
      expect(incident.timeline.at(-1)).toMatchObject({ what: 'resolved', who: 'alertmanager' });
    });

    it('of which nothing is known is ignored with a reason', async () => {
      expect(await of.one({ status: 'resolved' })).toEqual({ is: 'ignored', reason: 'nothing is known of a firing that this would end' });
      expect(await of.one()).toMatchObject({ isNew: true });
    });

    it.each<[string, AlertOver, RegExp]>([
      ['again', {}, /^the resolution of this alert that came before$/],
      ['without a start', { startsAt: undefined }, /^the resolution/],
    ])('that comes %s is the same', async (_, over, against) => {
      await of.one();
      const id = idOf(await of.one({ status: 'resolved' }));
      expect(await of.one({ status: 'resolved', ...over })).toMatchObject({ incidentId: id, ...sameAs(against) });
      expect(await of.found(id)).toMatchObject({ firing: 0, revision: 2 });
    });

    it('told by an Alertmanager to which it began before is its end all the same', async () => {
      const id = idOf(await of.one({ startsAt: start(5) }));
      expect(await of.one({ status: 'resolved', startsAt: start(4), endsAt: start(6) })).toMatchObject({ is: 'accepted', incidentId: id });
      expect(await of.found(id)).toMatchObject({ firing: 0, status: 'resolved' });
    });

    it('of an older firing ends nothing', async () => {
      await of.one();
      const id = idOf(await of.one({ startsAt: start(5) }));
      expect(await of.one({ status: 'resolved' })).toMatchObject(
        sameAs(/^the newer firing of this alert, which began at 2026-11-23T08:05/),
      );
      expect(await of.found(id)).toMatchObject({ firing: 1, status: 'open' });
    });
  });

  it('traces what came of an alert, newest first', async () => {
    const fingerprint = newAnomaly();
    await of.one({ fingerprint, status: 'resolved' });
    const id = idOf(await of.one({ fingerprint }));
    await of.one({ fingerprint });
    await of.one({ fingerprint, status: 'resolved' });
    const traced = await world.incidents.trace(fingerprint, soon());
    expect(traced.map(({ status, outcome, incidentId }) => [status, outcome, incidentId])).toEqual([
      ['resolved', 'accepted', id],
      ['firing', 'deduplicated', id],
      ['firing', 'accepted', id],
      ['resolved', 'ignored', undefined],
    ]);
    expect(traced[1]).toMatchObject({ source: 'alertmanager', replica: 'r1', detail: expect.stringMatching(/^the occurrence that was/) });
    expect(traced[3]?.detail).toMatch(/^nothing is known/);
    for (let n = 0; n < 30; n += 1) await of.one({ fingerprint });
    expect(await world.incidents.trace(fingerprint, soon())).toHaveLength(20);
    expect(await world.incidents.trace('unheard-of', soon())).toEqual([]);
  });

  it('traces the newest that changed an incident, however often it is repeated, and no more than the newest 20 besides', async () => {
    const fingerprint = newAnomaly();
    const outcomes = async () => (await world.incidents.trace(fingerprint, soon())).map(({ outcome }) => outcome);
    await of.one({ fingerprint, startsAt: start(1), status: 'resolved' });
    await of.one({ fingerprint, startsAt: start(1) });
    for (let n = 0; n < 18; n += 1) await of.one({ fingerprint, startsAt: start(1) });
    expect(await outcomes()).toEqual([...repeats(18), 'accepted', 'ignored']);
    for (let n = 0; n < 25; n += 1) await of.one({ fingerprint, startsAt: start(1) });
    expect(await outcomes()).toEqual([...repeats(19), 'accepted']);
    const id = idOf(await of.one({ fingerprint, startsAt: start(2) }));
    expect(await outcomes()).toEqual(['accepted', ...repeats(19)]);
    for (let n = 0; n < 25; n += 1) await of.one({ fingerprint, startsAt: start(2) });
    expect((await world.incidents.trace(fingerprint, soon())).at(-1)).toMatchObject({ outcome: 'accepted', incidentId: id });
    for (let n = 3; n < 30; n += 1) await of.one({ fingerprint, startsAt: start(n) });
    expect(await outcomes()).toEqual(Array.from({ length: 20 }, () => 'accepted'));
    await of.one({ fingerprint, startsAt: start(29) });
    expect(await outcomes()).toEqual(['deduplicated', ...Array.from({ length: 19 }, () => 'accepted')]);
  });

  it('answers a body of many alerts in their order', async () => {
    expect(await world.incidents.ingest([], soon())).toEqual([]);
    const body = Array.from({ length: 600 }, (_, n) => ingestOf({ anomalyKey: newAnomaly(), fingerprint: `f${n}` }));
    const answers = await world.incidents.ingest([...body, ...body.slice(0, 3)], soon());
    expect(answers.slice(0, 600)).toEqual(body.map(({ newId }) => ({ is: 'accepted', incidentId: newId, isNew: true })));
    expect(answers.slice(600)).toMatchObject(body.slice(0, 3).map(({ newId }) => ({ is: 'deduplicated', incidentId: newId })));
  });

  it('keeps texts that no other program would, and bounds them', async () => {
    const labels = { 'half \ud800': 'x \udfff', 'a|b\n\t': '|\u0000"\\', long: 'y'.repeat(1_000_000), [`n${'m'.repeat(5000)}`]: '1' };
    const odd = { labels, fingerprint: `f|\ud800${'z'.repeat(1000)}`, occurrence: 'o|1', name: 'n\ud800'.repeat(3000), requestId: ' \n' };
    const id = idOf(await of.one(odd));
    const kept = await of.found(id);
    expect(JSON.stringify(kept)).toBe(JSON.stringify(kept).toWellFormed());
    expect(kept.labels).toMatchObject({ 'half \ufffd': 'x \ufffd', 'a|b\n\t': '|\u0000"\\' });
    expect(kept.labels['long']).toMatch(/^y{16000,} … \[cut by awoooi-operator\]$/);
    expect(JSON.stringify(kept).length).toBeLessThan(40_000);
    expect(await of.one(odd)).toMatchObject({ is: 'deduplicated', incidentId: id });
    expect(await of.one({ ...odd, occurrence: 'o|2', requestId: '\n' })).toMatchObject({ is: 'accepted', incidentId: id });
    expect(await world.incidents.trace(odd.fingerprint, soon())).toHaveLength(3);
  });
}
