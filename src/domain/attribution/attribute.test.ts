import { describe, expect, it } from 'vitest';
import type { AlertState, NotificationCounters } from '../ports/alertmanager.ts';
import type { Refusal } from '../ports/drill-registry.ts';
import { canaryAlert } from '../routing/canary-alert.ts';
import { type RawRoute, routeTree } from '../routing/route-tree.ts';
import { attribute, isDecided } from './attribute.ts';
import type { CanaryEvidence, CanaryVerdict, ObservedAlert, ReplicaEvidence } from './evidence.ts';

const ADDRESS = '10.0.0.7';
const NONCE = 'abcdefghijklmnopqrstuvwxyz';

const plan = (route: RawRoute = {}) => {
  const tree = routeTree({ receiver: 'ours', group_by: ['...'], ...route });
  return canaryAlert({ tree, receiver: 'ours', nonce: NONCE, labels: {} });
};

const replica = (own: Partial<ReplicaEvidence> = {}): ReplicaEvidence => ({
  name: 'http://am:9093',
  address: ADDRESS,
  nonce: NONCE,
  posted: true,
  version: '0.33.1',
  plan: plan(),
  strayRoutes: [],
  budgetMs: 10_000,
  growth: grown({}),
  ...own,
});

const back = (afterMs = 20, receiver = 'ours') => ({ back: { afterMs, receiver } });

function grown(own: Partial<NotificationCounters>): NotificationCounters {
  return { sent: 0, failed: 0, requests: 0, requestsFailed: 0, failedByReason: {}, ...own };
}

function seen(state: Partial<AlertState>, more: Partial<ObservedAlert> = {}): { alert: ObservedAlert } {
  const plain: AlertState = {
    fingerprint: 'f',
    labels: {},
    receivers: ['ours'],
    state: 'active',
    silencedBy: [],
    inhibitedBy: [],
    mutedBy: [],
  };
  return { alert: { state: { ...plain, ...state }, silences: [], inhibitors: [], ...more } };
}

function refusal(status: number, own: Partial<Refusal> = {}): Refusal {
  const from = { remote: ADDRESS, userAgent: 'Alertmanager/0.33.1' };
  return { at: new Date(0), route: '/api/v1/webhooks/alertmanager', status, reason: 'because', nonces: [], ...from, ...own };
}

const verdictOf = (own: Partial<ReplicaEvidence>, canary: Partial<CanaryEvidence> = {}): CanaryVerdict | undefined =>
  attribute({ receiver: 'ours', replicas: [replica(own)], refusals: [], ...canary });

const SILENCED = seen({ state: 'suppressed', silencedBy: ['s-1'] }, { silences: [{ id: 's-1' }] });
const api = (own: Partial<NonNullable<ReplicaEvidence['apiFailure']>>): Partial<ReplicaEvidence> => ({
  posted: false,
  apiFailure: { doing: 'read its status', fault: 'unreachable', message: 'no way', ...own },
});

type Row = [string, Partial<ReplicaEvidence>, Partial<CanaryEvidence>, CanaryVerdict['cause'] | undefined, RegExp];

const OWN: Row[] = [
  [
    '401 from its address',
    {},
    { refusals: [refusal(401)] },
    'ReceiverRefused',
    /answered 401 to 10\.0\.0\.7: because\. Give the http_config/,
  ],
  ['400 of this very canary', {}, { refusals: [refusal(400, { nonces: [NONCE] })] }, 'ReceiverRefused', /webhook body/],
  ['413 of this very canary', {}, { refusals: [refusal(413, { nonces: [NONCE] })] }, 'ReceiverRefused', /max_alerts/],
  ['404 on a wrong path', {}, { refusals: [refusal(404)] }, 'ReceiverRefused', /Point receiver "ours" at/],
  ['503 of this very canary', {}, { refusals: [refusal(503, { nonces: [NONCE] })] }, 'ReceiverUnavailable', /answered 503/],
  ['a GET where only POST is', {}, { refusals: [refusal(405)] }, 'Redirected', /empty GET/],
  ['our store away', {}, { storeFailure: 'Redis does not answer' }, 'ReceiverUnavailable', /Redis does not answer/],
  ['our refusal before a silence', SILENCED, { refusals: [refusal(401)] }, 'ReceiverRefused', /401/],
  ['a silence before a refusal of somebody else', SILENCED, { refusals: [refusal(401, { remote: '10.9.9.9' })] }, 'Silenced', /s-1/],
  [
    'a refusal of its version from another address, before the metrics',
    { growth: grown({ sent: 1, failed: 1 }) },
    { refusals: [refusal(401, { remote: '10.9.9.9' })] },
    'ReceiverRefused',
    /to 10\.9\.9\.9/,
  ],
  [
    'not a refusal of another version',
    {},
    { refusals: [refusal(401, { remote: '10.9.9.9', userAgent: 'Alertmanager/0.20' })] },
    'NotDelivered',
    /./,
  ],
  ['not SigNoz at the same address', {}, { refusals: [refusal(401, { userAgent: 'Alertmanager/' })] }, 'NotDelivered', /./],
  ['not a refusal of another canary', {}, { refusals: [refusal(400, { nonces: ['other'] })] }, 'NotDelivered', /./],
  ['no refusal for what was never sent', api({}), { refusals: [refusal(401)] }, 'ApiUnreachable', /./],
];

const API: Row[] = [
  ['a refused connection', api({}), {}, 'ApiUnreachable', /Could not read its status at Alertmanager http:\/\/am:9093: no way/],
  ['502 of a proxy', api({ fault: 'unavailable', statusCode: 502 }), {}, 'ApiUnreachable', /whether Alertmanager runs/],
  ['401', api({ fault: 'unauthorized', statusCode: 401 }), {}, 'ApiRefused', /alertmanager\.auth/],
  ['400', api({ fault: 'rejected', doing: 'post the canary' }), {}, 'ApiRefused', /Could not post the canary/],
  ['a redirect', api({ fault: 'rejected', detail: 'redirected' }), {}, 'Redirected', /./],
  ['a denied address', api({ detail: 'address-denied' }), {}, 'AddressDenied', /Allow this address/],
  [
    'a silence',
    seen({}, { silences: [{ id: 's-1', createdBy: 'Ann', comment: 'hush\u0007', endsAt: new Date(0) }] }),
    {},
    'Silenced',
    /^Silence s-1 by Ann: "hush", until 1970-01-01T00:00:00\.000Z mutes/,
  ],
  [
    'an inhibiting alert',
    seen({}, { inhibitors: [{ fingerprint: 'f1', labels: { alertname: 'Down' } }] }),
    {},
    'Inhibited',
    /\{alertname="Down"\}/,
  ],
  ['one that cannot be named', seen({}, { inhibitors: [{ fingerprint: 'f1' }] }), {}, 'Inhibited', /fingerprint f1/],
  [
    'a time interval of its route',
    { ...seen({ mutedBy: ['nights', 'other'] }), plan: plan({ routes: [{ mute_time_intervals: ['nights'] }] }) },
    {},
    'Muted',
    /time interval "nights"\./,
  ],
  [
    'an interval of another route',
    { ...seen({ mutedBy: ['other'] }), plan: plan({ routes: [{ mute_time_intervals: ['nights'] }] }) },
    {},
    'NotDelivered',
    /has not tried/,
  ],
  [
    'another receiver, by the tree',
    { posted: false, plan: plan({ routes: [{ receiver: 'them' }] }) },
    {},
    'NotRouted',
    /routes the canary to "them"/,
  ],
  ['another receiver, by its own word', seen({ receivers: ['them', 'those'] }), {}, 'NotRouted', /"them" and "those"/],
  ['a return through another receiver', back(20, 'them'), {}, 'NotRouted', /came back through receiver "them", not through "ours"/],
];

const METRICS: Row[] = [
  [
    '4xx',
    { growth: grown({ sent: 1, failed: 1, failedByReason: { clientError: 1, other: 0 } }) },
    {},
    'NotDelivered',
    /4xx \(clientError\)\./,
  ],
  ['auth, from 0.34 on', { growth: grown({ sent: 1, failed: 1, failedByReason: { authError: 1 } }) }, {}, 'NotDelivered', /\(auth\)/],
  ['a reason of a later version', { growth: grown({ failed: 1, failedByReason: { newError: 1 } }) }, {}, 'NotDelivered', /newError/],
  ['a time-out', { growth: grown({ failed: 1, failedByReason: { contextDeadlineExceeded: 1 } }) }, {}, 'NotDelivered', /a time-out/],
  ['attempts that fail and go on', { growth: grown({ sent: 1, requests: 3, requestsFailed: 3 }) }, {}, 'NotDelivered', /3 attempts failed/],
  ['4xx without reasons', { growth: grown({ sent: 1, failed: 1, requests: 1, requestsFailed: 1 }) }, {}, 'NotDelivered', /answers 4xx/],
  [
    '5xx without reasons',
    { growth: grown({ sent: 1, failed: 1, requests: 5, requestsFailed: 5 }) },
    {},
    'NotDelivered',
    /after 5 attempts/,
  ],
  ['a time-out without reasons', { growth: grown({ sent: 1, failed: 1 }) }, {}, 'NotDelivered', /a time-out/],
  ['no answer yet', { growth: grown({ sent: 1 }) }, {}, 'NotDelivered', /no answer within 10 s: a time-out/],
  ['one of several that gets no answer', { growth: grown({ sent: 3, requests: 2 }) }, {}, 'NotDelivered', /a time-out/],
  ['success elsewhere', { growth: grown({ sent: 1, requests: 1 }) }, {}, 'DeliveredElsewhere', /counts success/],
  [
    'a redirect in front of us',
    { growth: grown({ sent: 1, requests: 1 }) },
    { publicRedirect: 'a redirect to /login' },
    'Redirected',
    /to \/login/,
  ],
  [
    'nothing tried on a route with intervals, before 0.28',
    { version: '0.25.0', plan: plan({ routes: [{ active_time_intervals: ['days'] }] }) },
    {},
    'Muted',
    /"days"/,
  ],
  [
    'nothing tried in a joined group',
    { plan: plan({ group_by: ['namespace'], routes: [{ group_by: ['severity'], matchers: ['severity=none'] }] }) },
    {},
    'NotDelivered',
    /group_interval/,
  ],
  ['nothing tried at all', {}, {}, 'NotDelivered', /has not tried to send it/],
  [
    'where the receiver leads, if shown',
    { growth: grown({ sent: 1, requests: 1 }), webhookOrigins: ['http://old:80'] },
    {},
    'DeliveredElsewhere',
    /at http:\/\/old:80, but/,
  ],
  [
    'a budget that the hop cuts short, where nothing waits for peers',
    { cutShort: { waitedMs: 6_500, peerWaitMs: 0, stillWaiting: 0, neededMs: 18_600 } },
    {},
    'NotDelivered',
    /within 6\.5 s \(all that the timeout of the hop leaves\)/,
  ],
  ['late', back(12_340), {}, 'DeliveredLate', /after 12\.3 s; its budget is 10 s/],
];

describe.each([
  ['our own server', OWN],
  ['Alertmanager’s API', API],
  ['metrics and time', METRICS],
])('by %s', (_, rows) => {
  it.each(rows)('%s', (_, own, canary, cause, says) => {
    const verdict = verdictOf(own, canary);
    expect(verdict?.cause).toBe(cause);
    expect(verdict?.message).toMatch(says);
  });
});

it('says that metrics could not be read', () => {
  const { growth, ...closed } = replica();
  expect(growth).toBeDefined();
  const verdict = attribute({ receiver: 'ours', replicas: [closed], refusals: [] });
  expect(verdict).toMatchObject({ cause: 'NotDelivered', message: expect.stringContaining('its metrics could not be read') });
});

const together = (...replicas: ReplicaEvidence[]) => attribute({ receiver: 'ours', replicas, refusals: [] });

describe('of several replicas', () => {
  const first = replica(back());
  const second = (own: Partial<ReplicaEvidence>) => replica({ name: 'http://am-1:9093', ...own });
  const stray = { strayRoutes: [{ labels: { severity: 'critical' }, receivers: ['pager'] }] };
  const unjudged = { strayRoutes: [{ labels: { severity: 'critical' }, receivers: ['ours'], unreadable: ['a=~"(?U)x"'] }] };

  it.each<[string, ReplicaEvidence[], string | undefined]>([
    ['all back', [first, second(back())], undefined],
    ['one lost', [first, second({})], 'PartlyDelivered'],
    ['one late', [first, second(back(11_000))], 'DeliveredLate'],
    ['one late, one lost', [replica(back(11_000)), second({})], 'PartlyDelivered'],
    ['all back, one with a stray route', [first, second({ ...back(), ...stray })], 'RouteMissing'],
    ['all back, one with a route that cannot be judged', [first, second({ ...back(), ...unjudged })], 'RouteMissing'],
    ['all lost for one reason', [replica(SILENCED), second(SILENCED)], 'Silenced'],
    ['a stray route does not hide a loss', [replica({ ...SILENCED, ...stray }), second({ ...SILENCED, ...stray })], 'Silenced'],
  ])('%s', (_, replicas, cause) => {
    expect(together(...replicas)?.cause).toBe(cause);
  });

  it('says which matcher keeps a route from being judged, and what to do', () => {
    expect(together(first, second({ ...back(), ...unjudged }))?.message).toMatch(/cannot be told whether .*a=~"\(\?U\)x".*more simply/);
  });

  it('names who delivered and why the rest did not', () => {
    expect(together(first, second(api({})))?.message).toMatch(
      /^1 of 2 Alertmanagers delivered \(http:\/\/am:9093\)\. ApiUnreachable: .*http:\/\/am-1:9093/,
    );
  });

  it('tells different reasons one after the other', () => {
    expect(together(replica(SILENCED), second(api({})))).toMatchObject({
      cause: 'Silenced',
      message: expect.stringMatching(/^Silence s-1.*Besides: Could not read its status/),
    });
  });
});

describe('of three replicas that may wait 30 s for each other, in a hop of 30 s', () => {
  const budgetMs = 40_000;
  const cut = { budgetMs, cutShort: { waitedMs: 26_500, peerWaitMs: 30_000, stillWaiting: 1, neededMs: 48_500 } };
  const failing = { growth: grown({ sent: 1, failed: 1, failedByReason: { clientError: 1 } }) };
  const three = (...own: Partial<ReplicaEvidence>[]) => together(...own.map(each => replica({ ...cut, ...each })));

  it('the last is not lost yet, whatever the counters of all alerts say, and the timeout is what to change', () => {
    expect(three(back(), back(15_000), failing)).toEqual({
      cause: 'NotConfigured',
      message: expect.stringMatching(
        /may take 30 s for its peers \(peerTimeout\) and 10 s more \(latencyBudget\), and had 26\.5 s\. Raise timeout to at least 49s\.$/,
      ),
    });
  });

  it.each<[string, Partial<ReplicaEvidence>[], string | undefined]>([
    ['all back in the end', [back(), back(15_000), back(26_600)], undefined],
    ['more are missing than may wait', [back(), failing, failing], 'PartlyDelivered'],
    ['nobody was the first', [failing, failing, failing], 'NotDelivered'],
    ['one is silenced', [back(), back(15_000), SILENCED], 'PartlyDelivered'],
    ['one came after its budget', [back(41_000), back(), {}], 'DeliveredLate'],
  ])('%s', (_, replicas, cause) => {
    expect(three(...replicas)?.cause).toBe(cause);
  });
});

it.each<[string, Partial<ReplicaEvidence>, boolean]>([
  ['a silence', SILENCED, true],
  ['a failure that may mend', { growth: grown({ failed: 1 }) }, false],
])('%s decides: %s', (_, own, decided) => {
  expect(isDecided(replica(own), { receiver: 'ours', replicas: [], refusals: [] })).toBe(decided);
});
