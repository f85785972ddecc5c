import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../test/parts/eventually.ts';
import { type Alertmanager, startAlertmanager } from '../../test/parts/alertmanager.ts';
import { type HttpServer, startHttpServer } from '../../test/servers/http-server.ts';
import { alertmanagerApi } from '../adapters/alertmanager/alertmanager.ts';
import { cuttableLastGood } from '../../test/builders/cuttable-last-good.ts';
import { memoryLastGood } from '../adapters/memory/last-good.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { type OutgoingClient, outgoingClient } from '../net/outgoing.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type CatchUp, type CatchUpDeps, catchUp } from './catch-up.ts';

const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const Body = z.object({
  version: z.literal('4'),
  receiver: z.string(),
  alerts: z.array(
    z.object({ status: z.literal('firing'), labels: z.record(z.string(), z.string()), endsAt: z.literal('0001-01-01T00:00:00Z') }),
  ),
});

let cleanUp: (() => Promise<unknown>)[];
let client: OutgoingClient;

beforeEach(() => {
  client = outgoingClient();
  cleanUp = [() => client.close()];
});

afterEach(async () => {
  for (const each of cleanUp.toReversed()) await each();
});

interface Options extends Partial<Omit<CatchUpDeps, 'alertmanagers'>> {
  readonly urls?: readonly string[];
}

function started({ urls = [], ...over }: Options = {}) {
  const taken: string[] = [];
  const counted: string[] = [];
  const warned: string[] = [];
  const clock = { at: new Date('2026-11-26T08:00:00Z') };
  const warn = (_: unknown, message: string): void => void warned.push(message);
  const log: Logger = { debug: () => {}, info: () => {}, warn, error: () => {}, child: () => log };
  const lastGood = memoryLastGood();
  const deps: CatchUpDeps = {
    alertmanagers: { api: alertmanagerApi(client), urls, authorization: () => undefined, receiver: 'our.receiver' },
    post: async body => {
      const { receiver, alerts } = Body.parse(body);
      for (const { labels } of alerts) taken.push(`${receiver} ${labels['alertname']}`);
    },
    lastGood,
    metrics: {
      catchUp: (source, result) => void counted.push(`${source} ${result}`),
      truncated: source => void counted.push(`${source} truncated`),
    },
    sentrySends: true,
    log,
    now: () => clock.at,
    random: () => 0,
    timing: { markEveryMs: 20, shortlyMs: 50 },
    ...over,
  };
  const begin = (): CatchUp => {
    const running = catchUp(deps);
    cleanUp.push(() => running.close());
    return running;
  };
  const later = (seconds: number): void => {
    clock.at = new Date(clock.at.getTime() + seconds * 1000);
  };
  return { taken, counted, warned, clock, lastGood: deps.lastGood, begin, later };
}

describe.each(['0.25', '0.33'] as const)('a real Alertmanager %s', version => {
  let hook: HttpServer;
  let alertmanager: Alertmanager;

  beforeEach(async () => {
    hook = await startHttpServer({ handle: () => ({ status: 400, body: 'nobody is there who could take it' }) });
    const mutes =
      version === '0.33' ? `, mute_time_intervals: [always], matchers: ['alertname="Muted"']` : `, matchers: ['alertname="Muted"']`;
    const config = `
route:
  receiver: our.receiver
  group_by: [alertname]
  group_wait: 0s
  routes:
    - { receiver: ourXreceiver, matchers: ['alertname="Foreign"'] }
    - { receiver: our.receiver${mutes} }
time_intervals: [{ name: always, time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }] }]
receivers:
  - { name: our.receiver, webhook_configs: [{ url: '${hook.url}/hook' }] }
  - { name: ourXreceiver }
inhibit_rules: [{ source_matchers: ['alertname="A"'], target_matchers: ['alertname="Inhibited"'] }]
`;
    alertmanager = await startAlertmanager({ version, config });
    cleanUp.push(
      () => hook.stop(),
      () => alertmanager.stop(),
    );
  });

  async function fire(...names: readonly string[]): Promise<void> {
    const alerts = names.map(alertname => ({
      labels: { alertname },
      annotations: {},
      startsAt: new Date(),
      endsAt: new Date(Date.now() + 600_000),
    }));
    await alertmanagerApi(client).post({ url: alertmanager.url, address: '127.0.0.1' }, alerts, signal());
  }

  it('is asked for what fires, and what it was refused is taken in once', async () => {
    await fire('A', 'B', 'Watchdog', 'Foreign', 'Inhibited');
    // Refused for good: Alertmanager does not send it again before its repeat interval.
    await eventually(() => hook.requests.length >= 3);
    const { taken, counted, begin } = started({ urls: [alertmanager.url] });
    begin();
    await eventually(() => counted.includes('alertmanager succeeded'));
    expect(taken.toSorted()).toEqual(['our\\.receiver A', 'our\\.receiver B', 'our\\.receiver Watchdog']);
  });

  it('is not asked for what is silenced or muted for the time of day', async () => {
    await fire('A', 'Muted', 'Silenced');
    const silence = {
      matchers: [{ name: 'alertname', value: 'Silenced', isRegex: false }],
      startsAt: new Date(),
      endsAt: new Date(Date.now() + 600_000),
      createdBy: 'test',
      comment: 'test',
    };
    const headers = { 'content-type': 'application/json' };
    await fetch(`${alertmanager.url}/api/v2/silences`, { method: 'POST', headers, body: JSON.stringify(silence) });
    const api = alertmanagerApi(client);
    const names = async (): Promise<(string | undefined)[]> =>
      (await api.firing({ url: alertmanager.url, address: '127.0.0.1' }, 'our.receiver', signal())).map(
        ({ labels }) => labels['alertname'],
      );
    const expected = version === '0.33' ? ['A'] : ['A', 'Muted'];
    await eventually(async () => (await names()).length === expected.length);
    expect(new Set(await names())).toEqual(new Set(expected));
  });

  it('is asked again after it was away, while the others are not waited with', async () => {
    await fire('A');
    const later = await startHttpServer({ handle: () => ({ status: 200, body: [] }) });
    cleanUp.push(() => later.stop());
    await later.refuse();
    const { taken, counted, begin } = started({ urls: [later.url, alertmanager.url] });
    begin();
    await eventually(() => taken.length === 1 && counted.filter(each => each === 'alertmanager failed').length >= 2);
    await later.accept();
    await eventually(() => counted.filter(each => each === 'alertmanager succeeded').length === 2);
    expect(taken).toEqual(['our\\.receiver A']);
  });
});

describe('when it is caught up', () => {
  const firing = { status: 200, body: [{ fingerprint: 'f', labels: { alertname: 'A' }, annotations: {}, startsAt: 's', endsAt: 'e' }] };
  let server: HttpServer;

  beforeEach(async () => {
    server = await startHttpServer({ handle: ({ path }) => (path.endsWith('/groups') ? { status: 200, body: [] } : firing) });
    cleanUp.push(() => server.stop());
  });

  it('again until what was fetched could be stored', async () => {
    let attempts = 0;
    const post = async (): Promise<void> => {
      attempts += 1;
      if (attempts < 3) throw new PortError('unavailable', 'Redis is away');
    };
    const { counted, begin } = started({ urls: [server.url], post });
    begin();
    await eventually(() => counted.includes('alertmanager succeeded'));
    expect(counted).toEqual(['alertmanager failed', 'alertmanager failed', 'alertmanager succeeded']);
  });

  it('once for many bodies that were cut', async () => {
    const { counted, taken, begin } = started({ urls: [server.url] });
    const running = begin();
    await eventually(() => taken.length === 1 && counted.length === 1);
    for (let n = 0; n < 50; n += 1) running.truncated('alertmanager');
    await eventually(() => taken.length === 2);
    await eventually(() => counted.filter(each => each === 'alertmanager succeeded').length === 2);
    expect(taken).toHaveLength(2);
    expect(counted.filter(each => each === 'alertmanager truncated')).toHaveLength(50);
  });

  it('not where SigNoz cut a body: that is said once, as is what an Alertmanager cut whom nobody may ask', async () => {
    const { counted, taken, warned, begin } = started({ urls: [server.url], sentrySends: false });
    const running = begin();
    await eventually(() => taken.length === 1 && counted.length === 1);
    for (let n = 0; n < 3; n += 1) running.truncated('signoz');
    expect(warned).toEqual([expect.stringContaining('raise max_alerts of its channel')]);
    const alone = started({ sentrySends: false });
    const asksNobody = alone.begin();
    for (let n = 0; n < 3; n += 1) asksNobody.truncated('alertmanager');
    expect(alone.warned).toEqual([expect.stringContaining('set AWOOOI_ALERTMANAGER_URLS')]);
    await eventually(() => alone.counted.length === 3);
    expect([taken.length, alone.counted]).toEqual([1, Array.from({ length: 3 }, () => 'alertmanager truncated')]);
  });

  it('after the store was away, and after we slept', async () => {
    const { state, lastGood } = cuttableLastGood(memoryLastGood());
    const { taken, later, begin } = started({ urls: [server.url], lastGood });
    begin();
    await eventually(async () => taken.length === 1 && (await lastGood.read(signal())) !== undefined);
    state.away = true;
    await eventually(() => state.refused > 0);
    state.away = false;
    await eventually(() => taken.length === 2);
    later(600);
    await eventually(() => taken.length === 3);
    expect(state.refused).toBeGreaterThan(0);
  });
});
