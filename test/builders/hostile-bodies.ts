import fc from 'fast-check';

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

/** The bytes of a request that somebody made up. */
export const hostileBody: fc.Arbitrary<Buffer> = fc.oneof(
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

/** What the header says that a webhook of Sentry is about. */
export const hostileResource: fc.Arbitrary<string> = fc.constantFrom(
  '',
  'issue',
  'error',
  'event_alert',
  'activity_alert',
  'metric_alert',
  'comment',
  'of the future',
);
