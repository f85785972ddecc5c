import { describe, expect, it } from 'vitest';
import { incidentAt } from '../../../test/builders/incident.ts';
import type { Incident } from '../incidents/incident.ts';
import type { BrokenChain } from '../ports/chain-state.ts';
import type { WatchdogSighting } from '../ports/watchdog-sightings.ts';
import { alertWitness } from './alert-witness.ts';
import type { LastCanary } from './last-canary.ts';

const NOW = new Date('2026-11-27T10:00:00Z');
const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const soon = (): AbortSignal => AbortSignal.timeout(1000);

interface World {
  readonly incident?: Incident | undefined;
  readonly broken?: readonly BrokenChain[];
  readonly sightings?: readonly WatchdogSighting[];
  readonly canaries?: readonly LastCanary[];
}

/** One that came back so many minutes ago, and again and again since. */
const canary = (minutes: number, steady = minutes): LastCanary => ({ at: ago(minutes), steadySince: ago(steady) });

function look({ incident, broken = [], sightings = [], canaries = [] }: World, since = ago(5)) {
  const witness = alertWitness({
    incidents: { find: async () => incident },
    chains: { broken: async () => broken },
    watchdogs: { list: async source => sightings.filter(sighting => sighting.source === source) },
    lastCanaries: () => canaries,
    timingOf: async () => undefined,
    now: () => NOW,
  });
  return witness.look('inc-00-0000000000000', since, soon());
}

const watchdog = (of: Partial<WatchdogSighting> = {}): WatchdogSighting => ({
  source: 'alertmanager',
  labels: { alertname: 'Watchdog' },
  status: 'firing',
  at: ago(1),
  ...of,
});
const anIncident = (over: Partial<Incident>): Incident => incidentAt(ago(10), over);
const resolved = anIncident({ source: 'alertmanager', firing: 0, quietSince: ago(3), labels: { cluster: 'eu' } });

describe('the alert of an incident', () => {
  it('is gone where the incident is', async () => {
    expect(await look({ incident: undefined })).toMatchObject({ alert: 'gone', chain: 'unheard' });
  });

  it('fires while any does', async () => {
    expect(await look({ incident: anIncident({ firing: 2 }) })).toMatchObject({
      alert: 'firing',
      detail: expect.stringContaining('2 of its alerts fire'),
    });
  });

  it('resolved when its sender said so, and at no time where a person alone resolved it', async () => {
    expect(await look({ incident: resolved })).toMatchObject({ alert: 'resolved', resolvedAt: ago(3) });
    const told = await look({ incident: { ...resolved, endedAt: ago(4) } });
    expect(told).toMatchObject({ resolvedAt: ago(3), endedAt: ago(4) });
    const byPerson = await look({ incident: anIncident({ firing: 0, status: 'resolved', resolvedAt: ago(1) }) });
    expect(byPerson.alert).toBe('resolved');
    expect(byPerson.resolvedAt).toBeUndefined();
  });
});

describe('the chain of an incident', () => {
  it.each([
    ['a Watchdog that fires now', { sightings: [watchdog()] }, 'alive'],
    ['a canary that came back, where no Watchdog is known', { canaries: [canary(2)] }, 'alive'],
    ['a canary, while the Watchdog is silent', { canaries: [canary(2)], sightings: [watchdog({ at: ago(20) })] }, 'unheard'],
    ['a canary, while the Watchdog is resolved', { canaries: [canary(2)], sightings: [watchdog({ status: 'resolved' })] }, 'unheard'],
    ['nothing', {}, 'unheard'],
    ['a Watchdog from before the repair', { sightings: [watchdog({ at: ago(6) })] }, 'unheard'],
    ['a Watchdog that resolved', { sightings: [watchdog({ status: 'resolved' })] }, 'unheard'],
    ['a Watchdog of another cluster', { sightings: [watchdog({ labels: { cluster: 'us' } })] }, 'unheard'],
    ['a Watchdog of another sender', { sightings: [watchdog({ source: 'signoz' })] }, 'unheard'],
    [
      'a Watchdog that is silent, whatever else is heard',
      { sightings: [watchdog()], broken: [{ source: 'alertmanager', labels: {}, since: ago(4) }] },
      'broken',
    ],
    [
      'a silent Watchdog of another cluster',
      { canaries: [canary(2)], broken: [{ source: 'alertmanager', labels: { cluster: 'us' }, since: ago(4) }] },
      'alive',
    ],
  ] as const)('with %s', async (_, world, chain) => {
    expect(await look({ incident: resolved, ...world })).toMatchObject({ chain });
  });

  it('is alive since its Watchdog was heard without a gap', async () => {
    const steady = watchdog({ steadySince: ago(4) });
    expect(await look({ incident: resolved, sightings: [steady] })).toMatchObject({ chain: 'alive', aliveSince: ago(4) });
  });

  it.each<[string, readonly LastCanary[], number]>([
    ['since a canary is known to have come back each time', [canary(2, 7)], 7],
    ['since the very canary, where no more is known', [canary(2)], 2],
    ['since the run that failed, however new the canary before it is', [canary(4, 1)], 1],
    ['since the steadiest of them', [canary(1), canary(4, 30), canary(3, 9)], 30],
    ['not since one that is too old', [canary(6, 60), canary(2, 3)], 3],
  ])('is alive %s', async (_, canaries, since) => {
    expect(await look({ incident: resolved, canaries })).toMatchObject({ chain: 'alive', aliveSince: ago(since) });
  });

  it('names the newest of canaries that are all too old', async () => {
    const { chain, detail } = await look({ incident: resolved, canaries: [canary(30, 90), canary(20)] });
    expect([chain, detail]).toEqual(['unheard', expect.stringContaining(ago(20).toISOString())]);
  });

  it('is not alive by a sign that is older than Watchdogs come, however long ago the repair was', async () => {
    expect(await look({ incident: resolved, canaries: [canary(11)] }, ago(60))).toMatchObject({
      chain: 'unheard',
      detail: expect.stringContaining('AlertChainProbe'),
    });
    expect(await look({ incident: resolved, canaries: [canary(9)] }, ago(60))).toMatchObject({ chain: 'alive' });
  });
});
