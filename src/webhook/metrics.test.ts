import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { asCaller, asSender, v4, webhookWorld } from '../../test/builders/webhook-world.ts';
import { intakeMetrics } from '../telemetry/intake-metrics.ts';
import { metrics } from '../telemetry/registry.ts';

/** The server with the metrics of the operator. */
function counting() {
  const page = metrics({ process: false });
  const world = webhookWorld({ metrics: intakeMetrics(page, new Date()) });
  const series = async (): Promise<string[]> => {
    const lines = (await text((await page.page()).pieces)).split('\n').filter(line => line.startsWith('http_requests_total{'));
    return lines.map(line => line.replace(/^.*method="(.*)",path="(.*)",status="(.*)"} (.*)$/, '$1 $2 $3: $4')).toSorted();
  };
  return { ...world, series };
}

const rows = (method: string, path: string, ...statuses: number[]): string[] => statuses.map(status => `${method} ${path} ${status}: 0`);
const SENDER = [200, 400, 401, 413, 500, 503];
const WEBHOOKS = ['alertmanager', 'signoz', 'signoz/alert', 'sentry/error'].map(name => `/api/v1/webhooks/${name}`);

it('counts every route and each of its answers from 0, before the first request', async () => {
  const { app, series } = counting();
  await app.ready();
  expect(await series()).toEqual(
    [
      ...WEBHOOKS.flatMap(path => [...rows('POST', path, ...SENDER), ...rows('GET', path, 405)]),
      ...rows('GET', '/api/v1/health', 200, 503),
      ...rows('POST', '/api/v1/drills', 201, 400, 401, 403, 503),
      ...rows('GET', '/api/v1/drills/:nonce', 200, 400, 401, 403, 404, 503),
      ...rows('GET', '/api/v1/probes/:namespace/:name/verdict', 200, 400, 401, 403, 503),
      ...rows('POST', '/api/v1/gates/flagger', 200, 400, 401, 403, 503),
      ...rows('GET', '/api/v1/telegram/status', 200, 400, 401, 403, 503),
      ...rows('GET', '/api/v1/watchdogs', 200, 400, 401, 403, 503),
      ...rows('GET', '/api/v1/incidents', 200, 400, 401, 403, 503),
      ...rows('GET', '/api/v1/incidents/:id', 200, 400, 401, 403, 404, 503),
      ...rows('POST', '/api/v1/incidents/:id/acknowledge', 200, 400, 401, 403, 404, 503),
      ...rows('POST', '/api/v1/incidents/:id/resolve', 200, 400, 401, 403, 404, 503),
      ...rows('GET', '/api/v1/traces/:alert', 200, 400, 401, 403, 503),
      ...rows('GET', '/api/v1/deliveries', 200, 400, 401, 403, 503),
      ...rows('POST', '/api/v1/deliveries/retry', 200, 400, 401, 403, 503),
      ...rows('POST', '/api/v1/repairs/outcomes', 200, 400, 401, 403, 413, 503),
      ...rows('GET', 'unmatched', 404),
      ...rows('POST', 'unmatched', 404),
    ].toSorted(),
  );
});

it('needs no other series for what it answers', async () => {
  const { app, series } = counting();
  await app.ready();
  const known = (await series()).length;
  const alerts = WEBHOOKS[0] ?? '';
  await app.inject({ method: 'POST', url: alerts, headers: asSender, payload: v4({ alertname: 'Disk', severity: 'critical' }) });
  await app.inject({ method: 'POST', url: alerts, headers: asSender, payload: { nothing: 'of use' } });
  await app.inject({ method: 'POST', url: alerts, payload: v4({ alertname: 'Disk' }) });
  await app.inject(alerts);
  await app.inject('/api/v1/probes/prod/production/verdict');
  await app.inject({ url: '/api/v1/probes/prod/production/verdict?maxAge=never', headers: asCaller });
  await app.inject({ method: 'POST', url: '/api/v1/webhook/alertmanager', payload: {} });
  const now = await series();
  expect(now).toHaveLength(known);
  expect(now.filter(line => !line.endsWith(': 0'))).toEqual([
    'GET /api/v1/probes/:namespace/:name/verdict 400: 1',
    'GET /api/v1/probes/:namespace/:name/verdict 401: 1',
    'GET /api/v1/webhooks/alertmanager 405: 1',
    'POST /api/v1/webhooks/alertmanager 200: 1',
    'POST /api/v1/webhooks/alertmanager 400: 1',
    'POST /api/v1/webhooks/alertmanager 401: 1',
    'POST unmatched 404: 1',
  ]);
});

it('says whether anybody may come in', async () => {
  const page = metrics({ process: false });
  const intake = intakeMetrics(page, new Date());
  const shown = async (): Promise<string | undefined> =>
    /^awoooi_unauthenticated_intake (.*)$/m.exec(await text((await page.page()).pieces))?.[1];
  const before = await shown();
  intake.unauthenticated(true);
  expect([before, await shown()]).toEqual(['0', '1']);
});
