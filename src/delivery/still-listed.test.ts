import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postAlerts } from '../../test/e2e/alerts.ts';
import { type Alertmanager, startAlertmanager } from '../../test/parts/alertmanager.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { alertmanagerApi } from '../adapters/alertmanager/alertmanager.ts';
import { alertmanagerSilences } from '../adapters/alertmanager/silences.ts';
import { anomalyKey, tellingLabels } from '../domain/alerts/anomaly-key.ts';
import { type GuardedClient, outgoingClient } from '../net/outgoing.ts';
import { type Listing, stillListed } from './still-listed.ts';

const CONFIG = JSON.stringify({
  route: { receiver: 'nobody' },
  receivers: [{ name: 'nobody' }],
  inhibit_rules: [{ source_matchers: ['alertname="Cause"'], target_matchers: ['alertname="Inhibited"'] }],
});
const AWAY = 'http://127.0.0.1:1';
const soon = (): AbortSignal => AbortSignal.timeout(20_000);

describe.each(['0.25', '0.33'] as const)('an alert at Alertmanager %s', version => {
  let first: Alertmanager;
  let second: Alertmanager;
  let client: GuardedClient;

  beforeAll(async () => {
    [first, second] = await Promise.all([startAlertmanager({ version, config: CONFIG }), startAlertmanager({ version, config: CONFIG })]);
    client = outgoingClient();
  });
  afterAll(async () => {
    await client.close();
    await Promise.all([first.stop(), second.stop()]);
  });

  const listing = (labels: Readonly<Record<string, string>>, urls = [first.url, second.url]): Promise<Listing> =>
    stillListed(
      { anomalyKey: anomalyKey('alertmanager', labels), labels },
      { api: alertmanagerApi(client), urls, authorization: () => undefined },
      soon(),
    );

  it('is listed wherever it is, by another pod too, and though another of them is away', async () => {
    const labels = { alertname: 'Firing', namespace: 'shop', k8s_deployment_name: 'cart' };
    await postAlerts(second, { labels: { ...labels, pod: 'cart-2' } });
    expect(await listing(labels)).toEqual({ is: 'listed' });
    expect(await listing(labels, [AWAY, second.url])).toEqual({ is: 'listed' });
  });

  it('is listed while it is silenced or inhibited', async () => {
    const silences = alertmanagerSilences({ client, urls: [first.url], authorization: () => undefined, now: () => new Date() });
    const [silenced, inhibited] = [{ alertname: 'Silenced' }, { alertname: 'Inhibited' }];
    const matchers = tellingLabels(silenced);
    await silences.create({ key: 'k', matchers, endsAt: new Date(Date.now() + 600_000), createdBy: 'ann', comment: 'c' }, soon());
    await postAlerts(first, { labels: silenced }, { labels: { alertname: 'Cause' } }, { labels: inhibited });
    expect([await listing(silenced), await listing(inhibited)]).toEqual([{ is: 'listed' }, { is: 'listed' }]);
  });

  it('is absent once it has resolved, or where only its neighbours fire; and it is said how long they have been up', async () => {
    const labels = { alertname: 'Gone', namespace: 'shop', deployment: 'cart' };
    await postAlerts(first, { labels }, { labels: { ...labels, deployment: 'till' } });
    expect(await listing(labels)).toEqual({ is: 'listed' });
    await postAlerts(first, { labels, endsAt: new Date(Date.now() - 1_000) });
    const absent = await eventually(async () => {
      const found = await listing(labels);
      return found.is === 'absent' && found;
    });
    expect(absent.upForMs).toBeGreaterThanOrEqual(-1_000);
    expect(absent.upForMs).toBeLessThan(600_000);
  });

  it.each([
    ['one of them is away', () => [first.url, AWAY]],
    ['one has no such name', () => ['http://no-such-host.invalid:9093', first.url]],
  ])('is not said to be absent where %s', async (_, urls) => {
    await expect(listing({ alertname: 'Nowhere' }, urls())).rejects.toMatchObject({ fault: 'unreachable' });
  });
});
