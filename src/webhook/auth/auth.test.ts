import { describe, expect, it } from 'vitest';
import type { TokenReviewer } from '../../domain/ports/token-reviewer.ts';
import { admitCaller, type ApiGate } from './api-caller.ts';
import type { Credentials } from './credentials.ts';
import { openDoors } from './open-doors.ts';
import { admitSender } from './sender.ts';

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;
const BOTH = {
  bearerTokens: ['old-token', 'new-token'],
  basic: [
    { username: 'am', password: 'first:pw' },
    { username: 'am', password: 'second-pw' },
  ],
};
const NONE = { bearerTokens: [], basic: [] };
const closed = { allowUnauthenticated: false };
const open = { allowUnauthenticated: true };

describe('admitSender', () => {
  it.each([
    ['the newer token', 'Bearer new-token'],
    ['the older token', 'Bearer old-token'],
    ['a scheme in small letters', 'bearer old-token'],
    ['a token with blanks around', 'Bearer   new-token '],
    ['the first login, a colon in its password', basic('am:first:pw')],
    ['the second login', basic('am:second-pw')],
  ])('admits %s', (_, header) => {
    expect(admitSender(header, BOTH, closed)).toEqual({ is: 'admitted' });
  });

  it.each([
    ['no header', undefined, 'no Authorization header'],
    ['an empty one', ' ', 'no Authorization header'],
    ['another scheme', 'Token new-token', 'neither Bearer nor Basic'],
    ['a wrong token', 'Bearer new-toke', 'bearer token is not one'],
    ['an empty token', 'Bearer ', 'bearer token is not one'],
    ['a password as a token', 'Bearer second-pw', 'bearer token is not one'],
    ['a wrong password', basic('am:wrong'), 'user name or password is not one'],
    ['another user', basic('root:second-pw'), 'user name or password is not one'],
    ['rubbish for base64', 'Basic §§§', 'user name or password is not one'],
  ])('refuses %s, whatever the switch says', (_, header, reason) => {
    for (const mode of [closed, open]) {
      expect(admitSender(header, BOTH, mode)).toEqual({ is: 'refused', reason: expect.stringContaining(reason) });
    }
  });

  it('admits nobody where nothing is configured, unless the switch says so', () => {
    expect(admitSender('Bearer x', NONE, closed)).toMatchObject({
      is: 'refused',
      reason: expect.stringContaining('no credential is configured'),
    });
    expect(admitSender(undefined, NONE, open)).toEqual({ is: 'admitted' });
  });

  it('never takes an empty secret for one', () => {
    const empty = { bearerTokens: [''], basic: [{ username: '', password: '' }] };
    for (const header of ['Bearer ', basic(':'), undefined]) expect(admitSender(header, empty, open).is).toBe('refused');
  });
});

const api = [
  { name: 'ci', token: 'ci-token' },
  { name: 'cd', token: 'cd-token' },
];
const credentials = (allowUnauthenticated: boolean, tokens = api) => ({ credentials: () => ({ api: tokens, allowUnauthenticated }) });

describe('admitCaller', () => {
  const reviewer: TokenReviewer = {
    async review(token, access) {
      const of = 'path' in access ? access.path : access.name;
      if (token === 'sa-allowed') return { is: 'allowed', username: `sa ${access.verb} ${of}` };
      return token === 'sa-forbidden' ? { is: 'forbidden', username: 'sa' } : { is: 'unknown' };
    },
  };
  const gate = (over: Partial<ApiGate> = {}): ApiGate => ({
    credentials: () => ({ api, allowUnauthenticated: false }),
    tokenReviewer: reviewer,
    ...over,
  });
  const call = (header: string | undefined, by = gate()) =>
    admitCaller(by, { header, access: { verb: 'post', path: '/api/v1/drills' }, deadline: () => AbortSignal.timeout(5000) });

  it.each([
    ['a named token', 'Bearer cd-token', { is: 'admitted', caller: 'cd' }],
    ['a named token as a password', basic('flagger:ci-token'), { is: 'admitted', caller: 'ci' }],
    ['a Kubernetes token', 'Bearer sa-allowed', { is: 'admitted', caller: 'sa post /api/v1/drills' }],
    [
      'one whose owner may not',
      'Bearer sa-forbidden',
      { is: 'refused', status: 403, reason: 'RBAC does not let sa post the nonResourceURL /api/v1/drills' },
    ],
    ['a token that nobody knows', 'Bearer other', { is: 'refused', status: 401, reason: 'the API token is not known' }],
    ['no token', undefined, { is: 'refused', status: 401, reason: 'the request carries no API token' }],
  ])('answers %s', async (_, header, expected) => {
    expect(await call(header)).toEqual(expected);
  });

  it('is open only by the switch, and only where no token is configured', async () => {
    expect(await call(undefined, credentials(true, []))).toEqual({ is: 'admitted', caller: 'anonymous' });
    expect((await call(undefined, credentials(false, []))).is).toBe('refused');
    expect((await call(undefined, credentials(true))).is).toBe('refused');
    const reviewed = { ...credentials(true, []), tokenReviewer: reviewer };
    expect(await call(undefined, reviewed)).toEqual({ is: 'admitted', caller: 'anonymous' });
    expect((await call('Bearer other', reviewed)).is).toBe('refused');
    expect((await call(undefined, { ...credentials(false, []), tokenReviewer: reviewer })).is).toBe('refused');
  });
});

describe('openDoors', () => {
  const bare: Credentials = {
    alertmanager: NONE,
    signoz: NONE,
    sentry: { clientSecrets: [], urlTokens: [], replayWindowMs: 0 },
    telegram: { webhookSecrets: [] },
    api: [],
    allowUnauthenticated: true,
  };
  const guarded = { alertmanager: BOTH, signoz: BOTH, sentry: { ...bare.sentry, clientSecrets: ['a-secret'] }, api };
  it.each([
    ['all, where none has a credential', {}, ['alertmanager', 'signoz', 'sentry', 'api']],
    ['none without the switch', { allowUnauthenticated: false }, []],
    ['those without a credential', { api, alertmanager: BOTH, sentry: { ...bare.sentry, urlTokens: ['a-token'] } }, ['signoz']],
    ['the API, where all senders are guarded', { ...guarded, api: [] }, ['api']],
    ['none, where each has one', guarded, []],
  ])('names %s', (_, over, expected) => {
    expect(openDoors({ ...bare, ...over })).toEqual(expected);
  });
});
