/** A spec that is refused, with the field that the API server names and the sentence it says. */
export interface WrongSpec {
  readonly what: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly field: string;
  readonly sentence: string;
  /** The sentence is the API server's own, so our parser says it in other words. */
  readonly ownWords?: true;
}

const HOP = { name: 'api', type: 'Health' };
const REF = { name: 'secret', key: 'token' };
const CANARY = { urls: ['http://alertmanager:9093'], receiver: 'awoooi' };
const DURATION = 'must be a duration of whole numbers with the units h, m, s or ms, such as 30s, 5m or 1h30m';
const CRON = 'must be a cron text of five fields (minute hour day month weekday)';
const ZONE = 'must be the name of an IANA time zone, such as Asia/Taipei, Europe/Berlin or UTC';
const URL_SENTENCE = 'must be an absolute http:// or https:// URL without credentials';
const IPV4 = 'a host that ends in a number is an IPv4 address: write four numbers from 0 to 255';
const UPWARDS = 'a range in a cron text must run upwards: write 22-23,0-4 instead of 22-4';

/** A spec that is right, changed where it is to be wrong; `undefined` takes a field away. */
export function specWith(over: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { schedule: { every: '5m' }, target: { url: 'http://api:8000' }, hops: [HOP], ...over };
}

const hops = (...list: readonly unknown[]) => specWith({ hops: list });
const canary = (over: object) => hops({ name: 'paging', type: 'AlertmanagerCanary', alertmanager: { ...CANARY, ...over } });
const telegram = (block: object) => hops({ name: 'telegram', type: 'Telegram', telegram: block });
const schedule = (over: object) => specWith({ schedule: over });
const cron = (text: string, more: object = {}) => schedule({ cron: text, ...more });
const target = (url: string) => specWith({ target: { url } });

export type Row = readonly [what: string, spec: Readonly<Record<string, unknown>>, field: string, sentence: string];

const OUR_SENTENCES: readonly Row[] = [
  ['neither every nor cron', schedule({}), 'spec.schedule', "say when to run: set every (such as 5m) or cron (such as '*/5 * * * *')"],
  [
    'both every and cron',
    cron('* * * * *', { every: '5m' }),
    'spec.schedule',
    'every and cron exclude each other: keep one and remove the other',
  ],
  ['a time zone without cron', schedule({ every: '5m', timeZone: 'UTC' }), 'spec.schedule', 'timeZone belongs to cron: remove it'],
  ['a duration in words', schedule({ every: '5 minutes' }), 'spec.schedule.every', DURATION],
  ['a duration in days', hops({ ...HOP, timeout: '1d' }), 'spec.hops[0].timeout', DURATION],
  ['an ISO duration', specWith({ timeout: 'PT5M' }), 'spec.timeout', DURATION],
  ['a negative duration', specWith({ timeout: '-5s' }), 'spec.timeout', DURATION],
  ['a duration with a fraction', specWith({ timeout: '1.5s' }), 'spec.timeout', DURATION],
  ['an interval of 0s', schedule({ every: '0s' }), 'spec.schedule.every', 'must be a duration from 1s to 168h'],
  ['a timeout of 0s', specWith({ timeout: '0s' }), 'spec.timeout', 'must be a duration from 100ms to 10m'],
  [
    'a timeout longer than the interval',
    specWith({ timeout: '6m' }),
    'spec',
    'must not be longer than schedule.every: lower timeout or raise every',
  ],
  [
    'the default timeout longer than the interval',
    schedule({ every: '10s' }),
    'spec',
    'timeout (30s when left out) must not be longer than schedule.every',
  ],
  [
    'a hop timeout longer than the timeout',
    hops({ ...HOP, timeout: '31s' }),
    'spec',
    "a hop's timeout must not be longer than the timeout of the run",
  ],
  [
    'a budget longer than the timeout',
    hops({ ...HOP, timeout: '2s', latencyBudget: '3s' }),
    'spec',
    "a hop's latencyBudget must not be longer than its timeout",
  ],
  ['a cron text of six fields', cron('0 * * * * *'), 'spec.schedule.cron', CRON],
  ['a cron text with minute 61', cron('61 * * * *'), 'spec.schedule.cron', CRON],
  ['a cron nickname', cron('@hourly'), 'spec.schedule.cron', CRON],
  ['a cron step of 0', cron('*/0 * * * *'), 'spec.schedule.cron', CRON],
  ['a cron range that runs downwards', cron('0 22-4 * * *'), 'spec.schedule.cron', UPWARDS],
  ['a cron range of names that runs downwards', cron('0 0 * * FRI-MON'), 'spec.schedule.cron', UPWARDS],
  ['30 February', cron('0 0 30 2 *'), 'spec.schedule.cron', 'no month of the cron text has such a day'],
  ['a time zone by abbreviation', cron('0 0 * * *', { timeZone: 'asia taipei' }), 'spec.schedule.timeZone', ZONE],
  [
    'a time zone that is none',
    cron('0 0 * * *', { timeZone: 'Mars/Phobos' }),
    'spec.schedule.timeZone',
    'the time zone must be one that the IANA tz database knows',
  ],
  ['a URL without a scheme', target('api:8000'), 'spec.target.url', URL_SENTENCE],
  ['a URL of another scheme', target('ftp://api'), 'spec.target.url', URL_SENTENCE],
  ['a URL with credentials', target('http://me:secret@api'), 'spec.target.url', URL_SENTENCE],
  ['a base URL with a query', target('http://api/?a=b'), 'spec.target.url', URL_SENTENCE],
  ['a URL with a port that is none', target('http://api:70000'), 'spec.target.url', URL_SENTENCE],
  ['a URL with an address that is none', target('http://[::g]:80'), 'spec.target.url', URL_SENTENCE],
  [
    'no target for a hop that needs it',
    specWith({ target: undefined }),
    'spec',
    'a hop speaks to the target, and none is given: set spec.target.url',
  ],
  ['no hops', hops(), 'spec.hops', 'list at least one hop: a probe without hops proves nothing'],
  ['two hops of one name', hops(HOP, HOP), 'spec.hops', 'two hops have the same name: give each hop a name of its own'],
  ['a hop name with a blank', hops({ ...HOP, name: 'The API' }), 'spec.hops[0].name', 'must be a short name of lower-case letters'],
  [
    'a block of another type',
    hops({ ...HOP, sentry: {} }),
    'spec.hops[0]',
    'the block sentry belongs to hops of type SentryWebhook: remove the block or change the type',
  ],
  [
    'no block for a canary',
    hops({ name: 'paging', type: 'AlertmanagerCanary' }),
    'spec.hops[0]',
    'a hop of type AlertmanagerCanary needs the block alertmanager: add it',
  ],
  [
    'no block for a watchdog',
    hops({ name: 'w', type: 'Watchdog' }),
    'spec.hops[0]',
    'a hop of type Watchdog needs the block watchdog: add it',
  ],
  [
    'a canary that sets its own nonce',
    canary({ labels: { awoooi_nonce: 'x' } }),
    'spec.hops[0].alertmanager.labels',
    'are set by the canary itself: remove them from labels',
  ],
  [
    'a canary called like the alert that must come from Prometheus',
    canary({ labels: { alertname: 'Watchdog' } }),
    'spec.hops[0].alertmanager.labels',
    'a canary must not be called Watchdog: it would be taken for a sign of life from Prometheus; give it another alertname, or none',
  ],
  [
    'a bot without a chat',
    telegram({ botToken: REF }),
    'spec.hops[0].telegram',
    'telegram with via: Bot needs botToken and chatId: give both',
  ],
  [
    'a bot where the API is asked',
    telegram({ via: 'API', botToken: REF }),
    'spec.hops[0].telegram',
    'botToken, chatId and messageThreadId belong to via: Bot',
  ],
  [
    'a chat by a name of its own',
    telegram({ botToken: REF, chatId: 'ops team' }),
    'spec.hops[0].telegram.chatId',
    'must be the numeric id of a chat in quotes',
  ],
  [
    'two ways to sign in',
    specWith({ target: { url: 'http://a', auth: { bearerToken: REF, basic: { username: 'u', password: REF } } } }),
    'spec.target.auth',
    'auth takes exactly one of bearerToken and basic',
  ],
  [
    'a Secret by a name that no object has',
    specWith({ target: { url: 'http://a', auth: { bearerToken: { name: 'My_Secret', key: 'k' } } } }),
    'spec.target.auth.bearerToken.name',
    'must be the name of a Kubernetes object',
  ],
  ['nobody to notify', specWith({ notify: {} }), 'spec.notify', 'notify needs telegram or webhook: give one of them, or remove notify'],
  [
    'a maintenance window that is too long',
    specWith({ maintenance: [{ cron: '0 0 * * *', duration: '800h' }] }),
    'spec.maintenance[0].duration',
    'must be a duration from 1m to 744h',
  ],
  ['an address of five numbers', target('http://1.2.3.4.5'), 'spec.target.url', IPV4],
  ['an address of a number too large', target('http://1.2.3.999:80/x'), 'spec.target.url', IPV4],
  ['an address that is too short', target('http://10.1'), 'spec.target.url', IPV4],
  ['a name that ends in a number', target('https://prometheus.v2.0x1f.'), 'spec.target.url', IPV4],
];

const SERVER_SENTENCES: readonly Row[] = [
  ['an unknown hop type', hops({ name: 'a', type: 'Ping' }), 'spec.hops[0].type', 'supported values: "Health", "AlertmanagerWebhook"'],
  [
    'a Secret reference without key',
    specWith({ target: { url: 'http://a', auth: { bearerToken: { name: 's' } } } }),
    'spec.target.auth.bearerToken.key',
    'Required value: say which value of the Secret: set key to a key of its data',
  ],
  ['too many hops', hops(...Array.from({ length: 33 }, (_, i) => ({ ...HOP, name: `h${i}` }))), 'spec.hops', 'must have at most 32 items'],
  ['no schedule', specWith({ schedule: undefined }), 'spec.schedule', 'Required value: say when to run: set schedule.every'],
  ['no Alertmanager', canary({ urls: [] }), 'spec.hops[0].alertmanager.urls', 'should have at least 1 items'],
  [
    'a canary without a receiver',
    canary({ receiver: undefined }),
    'spec.hops[0].alertmanager.receiver',
    'Required value: say where the canary must come out',
  ],
  ['a run token that is too long', specWith({ runToken: 'x'.repeat(257) }), 'spec.runToken', 'may not be more than 256 bytes'],
  [
    'a rollout of a kind that has none',
    specWith({ afterRollout: [{ kind: 'Job', name: 'x' }] }),
    'spec.afterRollout[0].kind',
    'supported values: "Deployment", "StatefulSet", "DaemonSet"',
  ],
  ['a threshold of 0', specWith({ failureThreshold: 0 }), 'spec.failureThreshold', 'should be greater than or equal to 1'],
  ['an unknown gate', specWith({ gate: 'Sometimes' }), 'spec.gate', 'supported values: "Enforce", "Report"'],
];

export function wrongSpecs(rows: readonly Row[], more: Pick<WrongSpec, 'ownWords'> = {}): readonly WrongSpec[] {
  return rows.map(([what, spec, field, sentence]) => ({ what, spec, field, sentence, ...more }));
}

/** What people get wrong in an AlertChainProbe, one thing at a time. */
export const WRONG_SPECS: readonly WrongSpec[] = [...wrongSpecs(OUR_SENTENCES), ...wrongSpecs(SERVER_SENTENCES, { ownWords: true })];
