import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ingestOf, start } from '../../test/builders/ingest.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { memoryChainState } from '../adapters/memory/chain-state.ts';
import { memoryIncidents } from '../adapters/memory/incidents.ts';
import { anomalyKey } from '../domain/alerts/anomaly-key.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import type { ChainState } from '../domain/ports/chain-state.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { Outbox } from '../domain/ports/outbox.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type SilenceEndDeps, silenceEndChannel } from './silence-end.ts';
import { type DeliveryWorkers, deliveryWorkers } from './worker.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LABELS = { alertname: 'DiskFull', namespace: 'shop', deployment: 'cart' };
const KEY = anomalyKey('alertmanager', LABELS);
const lines: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => lines };
const soon = (): AbortSignal => AbortSignal.timeout(10_000);

let at: number;
let incidents: IncidentStore;
let outbox: Outbox;
let chains: ChainState;
let workers: DeliveryWorkers;
let deps: SilenceEndDeps;
/** What the Alertmanager says. */
let alerts: Readonly<Record<string, string>>[];
let upForMs: number;
let isAway: boolean;
let asked: number;
/** What the card showed, the newest last. */
let cards: Pick<Incident, 'status' | 'silence'>[];
let id: string;

beforeEach(async () => {
  [at, alerts, upForMs, isAway, asked, cards] = [start(60).getTime(), [LABELS], 30 * 24 * HOUR_MS, false, 0, []];
  const now = (): Date => new Date(at);
  ({ incidents, outbox } = memoryIncidents({ now }));
  chains = memoryChainState();
  const state = { fingerprint: 'f', receivers: [], state: 'suppressed', silencedBy: ['s'], inhibitedBy: [], mutedBy: [] } as const;
  const api: SilenceEndDeps['alertmanagers']['api'] = {
    replicas: async url => [{ url, address: '127.0.0.1' }],
    async alerts(_, { label, value }) {
      asked += 1;
      if (isAway) throw new PortError('unreachable', 'Alertmanager is away');
      return alerts.filter(labels => labels[label] === value).map(labels => ({ ...state, labels }));
    },
    upForMs: async () => upForMs,
  };
  const alertmanagers = { api, urls: ['http://am:9093'], authorization: () => undefined };
  deps = { incidents, alertmanagers, chains, tell: ['telegram'], settleMs: MINUTE_MS, now };
  workers = deliveryWorkers({
    outbox,
    incidents,
    channels: [
      silenceEndChannel(deps),
      {
        name: 'telegram',
        async deliver({ incident: { status, silence } }) {
          cards.push({ status, ...(silence && { silence }) });
          return { is: 'delivered', memo: {} };
        },
      },
    ],
    metrics: { outcome: () => {}, took: () => {}, open: () => {} },
    log: lines,
    random: () => 0,
    consumer: 'replica-1',
    giveUpAfterMs: HOUR_MS,
    limits: { lookEveryMs: 20 },
  });
  workers.start();
  id = await fired();
});
afterEach(() => workers.close());

async function fired(minute = 0): Promise<string> {
  const ingest = ingestOf({ labels: LABELS, anomalyKey: KEY, startsAt: start(minute) });
  await incidents.ingest([ingest], soon());
  return ingest.newId;
}

const tell = ['telegram', 'silence-end'];
const silenced = (hours: number, silenceId = `s-${hours}h`): Promise<unknown> => {
  const silence = { id: silenceId, by: 'ann', endsAt: new Date(at + hours * HOUR_MS) };
  return incidents.silenced(id, { silence, who: 'ann', tell }, soon());
};
/** Silenced while its alert fires, which then ends. */
async function outlived(hours: number): Promise<void> {
  await silenced(hours);
  await waiting(hours * HOUR_MS);
  alerts = [];
}
const unsilenced = (): Promise<unknown> => incidents.silenced(id, { silence: undefined, who: 'bob', tell }, soon());

async function found(): Promise<Incident> {
  const incident = await incidents.find(id, soon());
  if (!incident) throw new Error('the incident is gone');
  return incident;
}
/** Resolves once the channel stands like this: until then it may not have looked. */
async function stands(wanted: { state: string; reason?: RegExp; dueInMs?: number }): Promise<Incident> {
  return eventually(async () => {
    const incident = await found();
    const { state, due, reason = '' } = incident.deliveries.find(({ channel }) => channel === 'silence-end') ?? {};
    const isDue = wanted.dueInMs === undefined || due?.getTime() === at + wanted.dueInMs;
    return state === wanted.state && isDue && (wanted.reason ?? /^/).test(reason) && incident;
  });
}
const waiting = (dueInMs: number): Promise<Incident> => stands({ state: 'pending', dueInMs });
const lastShown = (): Promise<unknown> => eventually(async () => (await found()).deliveries.every(isTold) && cards.at(-1));
const isTold = ({ channel, state }: Incident['deliveries'][number]): boolean => channel !== 'telegram' || state === 'delivered';
const after = (ms: number): void => {
  at += ms;
};

describe('a silence whose time is over', () => {
  it('is shown no longer, and the incident resolves once nobody had its alert for the settling time', async () => {
    await outlived(4);
    expect(await outbox.depth(soon())).toMatchObject({ dead: 0 });
    expect((await outbox.waiting(10, soon())).filter(({ channel }) => channel === 'silence-end')).toEqual([]);
    expect(asked).toBe(1);
    after(4 * HOUR_MS - 1);
    expect((await waiting(1)).silence).toBeDefined();
    after(1);
    const ended = await waiting(MINUTE_MS);
    expect(ended).toMatchObject({ status: 'open', firing: 1, timeline: [{}, {}, { what: 'unsilenced', who: 'operator' }] });
    expect(ended.silence).toBeUndefined();
    expect(await lastShown()).toEqual({ status: 'open' });
    after(MINUTE_MS);
    const over = await stands({ state: 'delivered' });
    expect(over).toMatchObject({ status: 'resolved', firing: 0 });
    expect(over.timeline.at(-1)).toMatchObject({
      what: 'resolved',
      who: 'operator',
      detail: expect.stringContaining('while they were silenced'),
    });
    expect(await lastShown()).toEqual({ status: 'resolved' });
  });

  it.each<[string, Record<string, string>]>([
    ['the same', LABELS],
    ['another pod of the same anomaly', { ...LABELS, pod: 'cart-2' }],
  ])('leaves the incident open while an alert is there: %s', async (_, labels) => {
    alerts = [labels];
    await silenced(1);
    await waiting(HOUR_MS);
    after(HOUR_MS);
    const incident = await stands({ state: 'skipped', reason: /still fires/ });
    expect(incident).toMatchObject({ status: 'open', firing: 1 });
    expect(incident.silence).toBeUndefined();
    expect(await lastShown()).toEqual({ status: 'open' });
  });

  it('of an incident that a person resolved meanwhile is shown no longer', async () => {
    await silenced(1);
    await waiting(HOUR_MS);
    await incidents.resolve(id, { who: 'ann', tell: [] }, soon());
    after(HOUR_MS);
    const incident = await stands({ state: 'skipped', reason: /has resolved/ });
    expect([incident.status, incident.silence, asked]).toEqual(['resolved', undefined, 1]);
    expect(await lastShown()).toEqual({ status: 'resolved' });
  });
});

it('a silence that a button ends is looked after at once, and a newer one is waited for', async () => {
  await outlived(4);
  await unsilenced();
  await waiting(MINUTE_MS);
  await silenced(1);
  await waiting(HOUR_MS);
  after(MINUTE_MS);
  expect(await waiting(HOUR_MS - MINUTE_MS)).toMatchObject({ status: 'open', silence: { id: 's-1h' } });
  after(HOUR_MS - MINUTE_MS);
  // From the beginning: what was found before the newer silence counts no more.
  await waiting(MINUTE_MS);
  after(MINUTE_MS);
  expect(await stands({ state: 'delivered' })).toMatchObject({ status: 'resolved' });
});

describe('nothing is concluded', () => {
  it('from an Alertmanager that does not answer', async () => {
    await outlived(1);
    isAway = true;
    await unsilenced();
    const incident = await stands({ state: 'pending', reason: /Alertmanager is away/ });
    expect(incident.status).toBe('open');
    isAway = false;
    after(10 * MINUTE_MS);
    await waiting(MINUTE_MS);
    after(MINUTE_MS);
    expect(await stands({ state: 'delivered' })).toMatchObject({ status: 'resolved' });
  });

  it('from an Alertmanager that was just started, which knows of nothing', async () => {
    upForMs = 2_000;
    await outlived(1);
    await unsilenced();
    await waiting(5 * MINUTE_MS - 2_000);
    alerts = [LABELS];
    after(5 * MINUTE_MS);
    expect(await stands({ state: 'skipped', reason: /still fires/ })).toMatchObject({ status: 'open' });
  });

  it('while the chain is broken: the alerts may only have lost their voice', async () => {
    await chains.broke({ source: 'alertmanager', labels: { alertname: 'Watchdog' }, since: new Date(at) }, soon());
    await outlived(1);
    await unsilenced();
    await waiting(MINUTE_MS);
    after(MINUTE_MS);
    const held = await waiting(30_000);
    expect(held).toMatchObject({ status: 'open' });
    expect(held.timeline.at(-1)).toMatchObject({ what: 'resolution-held', detail: expect.stringContaining('Watchdog of alertmanager') });
    await chains.mended({ source: 'alertmanager', labels: { alertname: 'Watchdog' } }, soon());
    after(30_000);
    await waiting(MINUTE_MS);
    after(MINUTE_MS);
    expect(await stands({ state: 'delivered' })).toMatchObject({ status: 'resolved' });
  });

  it('from the absence of what was never there: the alert is with an Alertmanager that nobody may ask', async () => {
    alerts = [];
    await silenced(1);
    await waiting(HOUR_MS);
    after(HOUR_MS);
    expect(await stands({ state: 'skipped', reason: /resolve it by hand/ })).toMatchObject({ status: 'open', firing: 1 });
  });

  it('once the alert has fired anew in between', async () => {
    await outlived(1);
    await unsilenced();
    await waiting(MINUTE_MS);
    await fired(70);
    alerts = [LABELS];
    after(MINUTE_MS);
    expect(await stands({ state: 'skipped', reason: /still fires/ })).toMatchObject({ status: 'open', occurrences: 2 });
  });

  it('from an answer that was out of date when it came', async () => {
    await outlived(1);
    await unsilenced();
    await waiting(MINUTE_MS);
    chains.broken = async () => {
      await fired(70);
      alerts = [LABELS];
      return [];
    };
    after(MINUTE_MS);
    const incident = await eventually(async () => {
      // It comes back at once, or where it is still in hand a moment later.
      after(1_000);
      const seen = await found();
      return seen.deliveries.some(({ channel, reason }) => channel === 'silence-end' && reason?.includes('still fires')) && seen;
    });
    expect(incident).toMatchObject({ status: 'open', occurrences: 2 });
  });
});

it('what was done but not recorded is done once', async () => {
  await workers.close();
  const channel = silenceEndChannel({ ...deps, settleMs: 0 });
  await silenced(1);
  after(HOUR_MS);
  const [work] = (
    await Promise.all(Array.from({ length: 16 }, (_, n) => outbox.take(n, { consumer: 'a', count: 9, claimAfterMs: 1 }, soon())))
  )
    .flat()
    .filter(each => each.channel === channel.name);
  if (!work) throw new Error('there is work');
  const heard = { ...work, memo: { heard: 'yes' } };
  alerts = [];
  const deliver = async () => channel.deliver({ incident: await found(), work: heard, remember: async () => {} }, soon());
  expect(await deliver()).toMatchObject({ is: 'delivered', revision: 4 });
  expect(await deliver()).toMatchObject({ is: 'skipped' });
  expect((await found()).timeline.map(({ what }) => what)).toEqual(['opened', 'silenced', 'unsilenced', 'resolved']);
});
