import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asSender, TELEGRAM_SECRET, URL_TOKEN, webhookWorld } from '../../../test/builders/webhook-world.ts';

/** Names that some reader of a body looks at: a fuzzer that does not know them never gets past the first of them. */
const NAMES = [
  'alerts alertname labels annotations status startsAt endsAt receiver fingerprint generatorURL truncatedAlerts',
  'severity awoooi_drill awoooi_nonce awoooi_canary testalert nodata ruleId ruleSource threshold.name summary action',
  'data issue event error metric_alert alert_rule comment installation id issue_id event_id title project slug level',
  'tags url web_url permalink metadata value triggering_rules date_started projects update_id callback_query message',
  'from chat __proto__ constructor toString length',
].flatMap(line => line.split(' '));

const VALUES = [
  'firing',
  'resolved',
  'Watchdog',
  'true',
  'critical',
  'none',
  '0001-01-01T00:00:00Z',
  '2026-11-23T08:00:00Z',
  'triggered',
  'created',
  'Test Alert (x)',
  'Test alert fired from SigNoz',
  'smoke-test-abcdefghijklmnopqrstuvwxyz',
  'abcdefghijklmnopqrstuvwxyz',
  '\ud800',
  '\u0000',
  'https://sentry.test/organizations/a/issues/1/',
  'http://',
  '',
];

const leaf = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: 0n, max: 10n ** 30n }).map(Number),
);

const { body } = fc.letrec<{ body: unknown; value: unknown }>(tie => ({
  body: fc.oneof({ weight: 9, arbitrary: record(tie('value')) }, { weight: 1, arbitrary: tie('value') }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    record(tie('value')),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(leaf, leaf), { maxLength: 3 }),
  ),
}));

function record(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: fc.string() });
  return fc.array(fc.tuple(name, value), { maxLength: 8 }).map(entries => Object.fromEntries(entries));
}

const action = fc.oneof(fc.constantFrom('created', 'triggered', 'resolved', 'critical'), leaf);
const about = fc.tuple(leaf, record(body)).map(([title, rest]) => ({ title, ...Object(rest) }));

/** Bodies with the outlines of real ones. */
const shaped = fc.oneof(
  fc.record({
    alerts: fc.array(
      fc.record(
        { labels: record(leaf), annotations: record(leaf), startsAt: leaf, endsAt: leaf, status: leaf },
        { requiredKeys: ['labels'] },
      ),
      { maxLength: 3 },
    ),
  }),
  ...['issue', 'error', 'event', 'metric_alert'].map(name =>
    fc.tuple(action, about).map(([action, about]) => ({ action, data: { [name]: about } })),
  ),
  fc.tuple(action, about, about).map(([action, issue, event]) => ({ action, data: { issue, event } })),
  fc.tuple(about, about).map(([top, event]) => ({ ...top, triggering_rules: [], event })),
);

const payload = fc.oneof(
  { weight: 6, arbitrary: shaped.map(value => Buffer.from(JSON.stringify(value))) },
  { weight: 6, arbitrary: body.map(value => Buffer.from(JSON.stringify(value))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)) },
  // A JSON text that was damaged on its way.
  {
    weight: 2,
    arbitrary: fc.tuple(body, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const bytes = Buffer.from(JSON.stringify(value));
      bytes[at % bytes.length] = byte;
      return bytes;
    }),
  },
);

const resource = fc.constantFrom('', 'issue', 'error', 'event_alert', 'activity_alert', 'metric_alert', 'comment', 'of the future');

it('answers whatever comes to an intake route, never with a 500, and lives on', { timeout: 120_000 }, async () => {
  const world = webhookWorld();
  const { paths } = (await world.app.inject('/api/docs/json')).json<{ paths: Record<string, object> }>();
  const routes = Object.keys(paths).filter(path => path.startsWith('/api/v1/webhooks/'));
  expect(routes.length).toBeGreaterThanOrEqual(4);
  const headers = { ...asSender, 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': TELEGRAM_SECRET };
  await fc.assert(
    fc.asyncProperty(payload, fc.constantFrom(...routes), resource, async (bytes, route, about) => {
      const url = `${route}?token=${URL_TOKEN}`;
      const answer = await world.app.inject({
        method: 'POST',
        url,
        payload: bytes,
        headers: { ...headers, 'sentry-hook-resource': about },
      });
      expect([200, 400, 413]).toContain(answer.statusCode);
      expect(answer.json()).toEqual(expect.objectContaining({}));
    }),
    { numRuns: 3000 },
  );
  // It has got past the first look of each of them.
  expect(world.incidents.handed.length).toBeGreaterThan(0);
  expect(new Set(world.incidents.handed.map(({ alert }) => alert.source))).toEqual(new Set(['alertmanager', 'signoz', 'sentry']));
  expect(world.lines).toEqual([]);
});
