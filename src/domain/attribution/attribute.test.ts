import { describe, expect, it } from 'vitest';
import { api, back, grown, NONCE, plan, refusal, replica, seen, SILENCED } from '../../../test/builders/canary-evidence.ts';
import { attribute, isDecided } from './attribute.ts';
import type { CanaryEvidence, CanaryVerdict, ReplicaEvidence } from './evidence.ts';

const verdictOf = (own: Partial<ReplicaEvidence>, canary: Partial<CanaryEvidence> = {}): CanaryVerdict | undefined =>
  attribute({ receiver: 'ours', replicas: [replica(own)], refusals: [], ...canary });

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
  [
    'our refusal of this very canary before a silence',
    SILENCED,
    { refusals: [refusal(401, { nonces: [NONCE] })] },
    'ReceiverRefused',
    /401/,
  ],
  ['a silence before an unread refusal from its address', SILENCED, { refusals: [refusal(401)] }, 'Silenced', /s-1/],
  [
    'another route before an unread refusal from its address',
    seen({ receivers: ['them'] }),
    { refusals: [refusal(401)] },
    'NotRouted',
    /them/,
  ],
  [
    'an unread refusal from its address before what its API cannot say',
    { apiFailure: { doing: 'read its alerts', fault: 'unreachable', message: 'no way' } },
    { refusals: [refusal(401)] },
    'ReceiverRefused',
    /401/,
  ],
  ['not a refusal from its address of other alerts', {}, { refusals: [refusal(401, { bodyRead: true })] }, 'NotDelivered', /./],
  [
    'not a refusal from elsewhere of other alerts',
    {},
    { refusals: [refusal(401, { remote: '10.9.9.9', bodyRead: true })] },
    'NotDelivered',
    /./,
  ],
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
  [
    'a return through another receiver, by Alertmanager’s own word, too',
    { ...back(20, 'them'), ...seen({ receivers: ['them'] }) },
    {},
    'NotRouted',
    /routes the canary to "them"/,
  ],
  [
    'a return through another receiver, while our own server refused it from ours',
    back(20, 'them'),
    { refusals: [refusal(401, { nonces: [NONCE] })] },
    'ReceiverRefused',
    /401/,
  ],
  [
    'a return through another receiver, where Alertmanager routes it to ours as well',
    { ...back(20, 'them'), ...seen({ receivers: ['them', 'ours'] }), growth: grown({ sent: 2, failed: 1 }) },
    {},
    'NotDelivered',
    /could not deliver to receiver "ours"/,
  ],
  [
    'the same, and its metrics show nothing',
    { ...back(20, 'them'), ...seen({ receivers: ['them', 'ours'] }) },
    {},
    'NotDelivered',
    /did not come back from receiver "ours" \(only "them" brought it\) within 10 s/,
  ],
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

it.each<[string, Partial<ReplicaEvidence>, boolean]>([
  ['a silence', SILENCED, true],
  ['a failure that may mend', { growth: grown({ failed: 1 }) }, false],
])('%s decides: %s', (_, own, decided) => {
  expect(isDecided(replica(own), { receiver: 'ours', replicas: [], refusals: [] })).toBe(decided);
});
