import type { HopCause } from '../../src/domain/chain/hop-result.ts';
import { eventually } from '../parts/eventually.ts';
import { type Ask, api, firing, fromNow, type Scene, type Setting, toAll, WEBHOOK_PATH } from './alert-chain-scene.ts';

export interface Expectation {
  readonly cause: HopCause;
  /** What the message must say, on each version. */
  readonly says: RegExp;
  readonly saysOld?: RegExp;
}

export interface Case extends Setting, Expectation {
  readonly name: string;
  readonly arrange?: (scene: Scene) => unknown;
  readonly ask?: (scene: Scene) => Ask;
}

export const CASES: readonly Case[] = [
  {
    name: 'a silence that matches the canary',
    arrange: ({ urls }) => silenceEverywhere(urls, 'awoooi_canary'),
    cause: 'Silenced',
    says: /^Silence [0-9a-f-]{36} by Ann: "quiet please", until 2\S+Z mutes/,
  },
  {
    name: 'an inhibit rule with a firing source',
    config: () => ({ rest: { inhibit_rules: [{ source_matchers: ['role="source"'], target_matchers: ['awoooi_canary="true"'] }] } }),
    arrange: ({ urls }) => toAll(urls, '/alerts', firing({ alertname: 'ClusterDown', role: 'source' })),
    cause: 'Inhibited',
    says: /firing alert \{alertname="ClusterDown", role="source"\} inhibits/,
  },
  {
    name: 'a mute time interval',
    config: () => ({
      routes: [{ matchers: ['awoooi_canary="true"'], mute_time_intervals: ['always'] }],
      rest: { time_intervals: [{ name: 'always', time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }] }] },
    }),
    cause: 'Muted',
    says: /muted now by time interval "always"/,
  },
  {
    name: 'a route that sends it elsewhere',
    config: () => ({ routes: [{ matchers: ['severity=~"none|info"'], receiver: 'elsewhere' }] }),
    cause: 'NotRouted',
    says: /routes the canary to "elsewhere", not to "awoooi\.default\(x\)"/,
  },
  {
    name: 'production alerts that end elsewhere while the canary arrives',
    config: () => ({ routes: [{ matchers: ['severity="critical"'], receiver: 'elsewhere' }] }),
    ask: () => ({ routes: [{ labels: { severity: 'warning' } }, { labels: { severity: 'critical', team: 'db' } }] }),
    cause: 'RouteMissing',
    says: /\{severity="critical", team="db"\} ends at "elsewhere", not at "awoooi\.default\(x\)"/,
  },
  {
    name: 'a wrong credential',
    config: () => ({ http: { authorization: { type: 'Bearer', credentials: 'an-old-token' } } }),
    cause: 'ReceiverRefused',
    says: /webhook \S+alertmanager answered 401 to 127\.0\.0\.1: the bearer token is not one that is configured.*http_config/,
  },
  {
    name: 'a wrong credential, refused by a replica whose clock is an hour behind',
    config: () => ({ http: { authorization: { type: 'Bearer', credentials: 'an-old-token' } } }),
    webhookNow: () => new Date(Date.now() - 3_600_000),
    cause: 'ReceiverRefused',
    says: /answered 401 to 127\.0\.0\.1: the bearer token is not one that is configured/,
  },
  {
    name: 'a silence, while another receiver of the same Alertmanager has a wrong credential',
    config: ({ ours }) => ({
      routes: [{ matchers: ['team="db"'], receiver: 'old', group_interval: '1s' }],
      receivers: [
        {
          name: 'old',
          webhook_configs: [
            { url: `${ours}${WEBHOOK_PATH}`, http_config: { authorization: { type: 'Bearer', credentials: 'an-old-token' } } },
          ],
        },
      ],
    }),
    arrange: async ({ urls, ours }) => {
      await silenceEverywhere(urls, 'awoooi_canary');
      await toAll(urls, '/alerts', firing({ alertname: 'Real', team: 'db' }));
      await eventually(() => ours.requests.length > 1);
    },
    cause: 'Silenced',
    says: /^Silence /,
  },
  {
    name: 'our own 503',
    arrange: ({ store }) => {
      store.away = true;
    },
    cause: 'ReceiverUnavailable',
    says: /answered 503 to 127\.0\.0\.1: the store is away/,
  },
  {
    name: 'a receiver that refuses connections',
    config: () => ({ url: 'http://127.0.0.1:9/closed' }),
    cause: 'NotDelivered',
    says: /attempts failed and it tries on|no connection \(other\)/,
    saysOld: /attempts failed and it tries on|cannot be reached/,
  },
  {
    name: 'a receiver that hangs',
    config: ({ other }) => ({ url: other }),
    arrange: ({ other }) => other.breakWith({ is: 'hang' }),
    cause: 'NotDelivered',
    says: /a time-out/,
  },
  {
    name: 'a receiver that answers 500',
    config: ({ other }) => ({ url: other }),
    arrange: ({ other }) => other.breakWith({ is: 'answer', reply: { status: 500 } }),
    cause: 'NotDelivered',
    says: /attempts failed and it tries on, so the receiver answers 5xx|5xx \(serverError\)/,
    saysOld: /attempts failed and it tries on, so the receiver answers 5xx|5xx or cannot be reached/,
  },
  {
    name: 'a receiver elsewhere that answers 403',
    config: ({ other }) => ({ url: other }),
    arrange: ({ other }) => other.breakWith({ is: 'answer', reply: { status: 403 } }),
    cause: 'NotDelivered',
    says: /the receiver answered 4xx \(clientError\)/,
    saysOld: /gave up after the first attempt, so the receiver answers 4xx/,
  },
  {
    name: 'a redirect that leads back to us as a GET',
    config: ({ other }) => ({ url: other }),
    arrange: ({ other, ours }) => other.breakWith({ is: 'answer', reply: redirectTo(`${ours.url}${WEBHOOK_PATH}`) }),
    cause: 'Redirected',
    says: /answered 405 .*GET is not taken here, only POST.*follow_redirects: false/,
  },
  {
    name: 'the same redirect, seen by a replica whose clock is some seconds behind',
    config: ({ other }) => ({ url: other }),
    arrange: ({ other, ours }) => other.breakWith({ is: 'answer', reply: redirectTo(`${ours.url}${WEBHOOK_PATH}`) }),
    webhookNow: () => new Date(Date.now() - 5_000),
    cause: 'Redirected',
    says: /answered 405 /,
  },
  {
    name: 'a redirect on our public URL to a page that answers 200',
    config: ({ other }) => ({ url: `${other}/from` }),
    arrange: ({ other }) =>
      other.breakWith({ is: 'answer', reply: redirectTo('/login') }, ({ path }) => path === '/from' || path === WEBHOOK_PATH),
    ask: ({ other }) => ({ publicUrl: other.url }),
    cause: 'Redirected',
    says: /counts success.*public webhook URL.*302.*\/login/,
  },
  {
    name: 'a receiver URL of another server that answers 200',
    config: ({ other }) => ({ url: other }),
    ask: ({ ours }) => ({ publicUrl: ours.url }),
    cause: 'DeliveredElsewhere',
    says: /counts success for receiver "awoooi\.default\(x\)", but nothing arrived here/,
    saysOld: /counts success for receiver "awoooi\.default\(x\)" at http:\/\/127\.0\.0\.1:\d+, but nothing arrived here/,
  },
  {
    name: 'a group of real alerts that it has to join',
    config: () => ({ route: { group_by: ['team'], group_interval: '4s' } }),
    arrange: async ({ urls, ours }) => {
      await toAll(urls, '/alerts', firing({ alertname: 'Real', team: 'db' }));
      await eventually(() => ours.requests.length > 0);
    },
    ask: () => ({ labels: { team: 'db' }, latencyBudget: '100ms' }),
    cause: 'DeliveredLate',
    says: /came back after .*joins a group of real alerts, which is notified every 4 s/,
  },
  {
    name: 'Alertmanager stopped',
    arrange: ({ members }) => Promise.all(members.map(member => member.halt())),
    cause: 'ApiUnreachable',
    says: /Could not read its status at Alertmanager http:\/\/127\.0\.0\.1:\d+: .*refused/,
  },
];

/** Made at one, and told on to the others: until it stands there too, the canary rightly comes back through them. */
async function silenceEverywhere(urls: readonly string[], label: string): Promise<void> {
  const matchers = [{ name: label, value: 'true', isRegex: false, isEqual: true }];
  const silence = { matchers, startsAt: fromNow(-1_000), endsAt: fromNow(600_000), createdBy: 'Ann', comment: 'quiet please' };
  await api(urls[0] ?? '', '/silences', silence);
  await Promise.all(urls.map(url => eventually(() => isSilenced(url))));
}

async function isSilenced(url: string): Promise<boolean> {
  return JSON.stringify(await api(url, '/silences')).includes('"active"');
}

export function redirectTo(location: string) {
  return { status: 302, headers: { location } };
}
