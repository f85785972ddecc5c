import { describe, expect, it } from 'vitest';
import { credentialsIn, isSecretName, masked, maskerForOthers } from './masking.ts';

const BOT = `1234567890:${'A'.repeat(35)}`;
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0xxxx.c2lnbmF0dXJl';

/** Beginnings of each shape; repeated, and with something between, from which a match may begin. */
const REPEATED = [
  'a',
  '1',
  'a://',
  'a://b@',
  '@',
  'bot1:',
  'bot',
  '123456:',
  '123456',
  '"a',
  '"token":',
  'eyJ',
  'eyJabcdefgh',
  'Bearer',
  'Basic',
  'sntrys_',
  '?token=',
  'secret=',
  '--token ',
  'http://a/',
  '-----BEGIN PRIVATE KEY-----',
  'sk-',
  '\u0000',
];

describe('a given secret is hidden', () => {
  it.each([
    ['as it is', 'key s3cr3t/+ used', ['s3cr3t/+'], 'key *** used'],
    ['as a URL writes it', '?k=s3cr3t%2F%2B', ['s3cr3t/+'], '?k=***'],
    ['as JSON writes it', String.raw`{"p":"a\"b\\c"}`, ['a"b\\c'], '{"p":"***"}'],
    ['in base64', `got ${Buffer.from('s3cr3t').toString('base64')}`, ['s3cr3t'], 'got ***'],
    ['before a shorter one that is part of it', 'token-one', ['token', 'token-one'], '***'],
    ['where its file ended with a newline', 'key s3cr3t used', ['s3cr3t\n'], 'key *** used'],
    ['where it is no well-formed text', 'a\ud800bcd', ['\ud800bcd'], 'a***'],
    ['unless it is empty', 'abc', ['', ' '], 'abc'],
    ['unless it is too short to be one', 'a1b b', ['a1b'], 'a1b b'],
  ])('%s', (_, text, secrets, expected) => {
    expect(masked(text, secrets)).toBe(expected);
  });
});

describe('what has the shape of a credential is hidden', () => {
  it.each([
    ['a bearer token', 'Authorization: Bearer abc.def-123', 'Authorization: Bearer ***'],
    ['basic credentials', 'authorization=Basic dTpwYXNz', 'authorization=Basic ***'],
    ['userinfo in a URL', 'http://user:hunter2@host/x', 'http://***@host/x'],
    ['userinfo with an at sign', 'redis://:a@b@host:6379', 'redis://***@host:6379'],
    ['a user alone', 'https://token@host', 'https://***@host'],
    ['a bot token in a path', 'POST https://api.telegram.org/bot123:AbC-d_e/getMe', 'POST https://api.telegram.org/bot***/getMe'],
    ['an encoded bot token in a path', '/bot123%3AAbC-d_e/getMe', '/bot***/getMe'],
    ['a bot token by itself', `token ${BOT}.`, 'token ***.'],
    ['a service account token', `token is ${JWT}`, 'token is ***'],
    ['a Sentry token', `sntrys_${'a'.repeat(40)}`, '***'],
    ['a query', 'GET /hook?id=1&token=abc&x=2', 'GET /hook?id=1&token=***&x=2'],
    ['a field', '{"password":"a\\"b","n":1}', '{"password":"***","n":1}'],
    ['a field in any writing', '{"SIGNOZ-API-KEY":"abc","botToken":"x y"}', '{"SIGNOZ-API-KEY":"***","botToken":"***"}'],
    ['a header', '{"x-telegram-bot-api-secret-token":"abc"}', '{"x-telegram-bot-api-secret-token":"***"}'],
  ])('%s', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it.each([
    'robot 1:2',
    'the bearer token is not one that is configured',
    'Basic authentication failed',
    'http://host:8000/a@b',
    'mail a@b.example',
    '2026-01-01T10:00:00Z',
    'http://host/?q=a@b',
    '{"runToken":"v1.2.3","secretRef":{"name":"telegram"},"key":"token"}',
    '{"url":"http://a:80","mail":"b@c"}',
    '{"uid":"5f0c7c0e-3c1b-4b1a-9a51-2d6b7a2f7c11","basic":"a basic check"}',
  ])('and %s is not', text => {
    expect(masked(text)).toBe(text);
  });
});

it.each([
  ['none', undefined, []],
  ['a bearer token, with and without its scheme', 'Bearer a-token', ['Bearer a-token', 'a-token']],
  ['the password of Basic too', `Basic ${btoa('me:pass:word')}`, [`Basic ${btoa('me:pass:word')}`, btoa('me:pass:word'), 'pass:word']],
])('credentials in a header: %s', (_, header, expected) => {
  expect(credentialsIn(header)).toEqual(expected);
});

it.each([...REPEATED, ...REPEATED.flatMap(one => ['-', '.', ' ', '/', '"', '='].map(between => one + between))])(
  'takes a time that does not grow with the square of the text: %j',
  part => {
    const began = performance.now();
    const text = part.repeat(Math.floor(300_000 / part.length));
    // Does all that masked() does, and more.
    maskerForOthers([])(text);
    // Squared it would be a minute; it is some milliseconds.
    expect(performance.now() - began).toBeLessThan(5_000);
  },
);

describe('what leaves the house hides more', () => {
  const others = maskerForOthers(['s3cr3t-of-ours/+']);

  it.each(['', 'a', 'ab', 'abc', 'user:'])('a given secret within base64, behind %j', before => {
    const text = Buffer.from(`${before}s3cr3t-of-ours/+ and more`).toString('base64');
    const hidden = others(text);
    expect(hidden).toContain('***');
    // What is left in clear must not be enough to read the secret again.
    expect(Buffer.from(hidden.replaceAll('***', ''), 'base64').toString()).not.toContain('s3cr');
  });

  it.each([
    ['as Go writes JSON', String.raw`p\u0026\u003cx\u003e\"1/2`],
    ['as PHP writes JSON', String.raw`p&<x>\"1\/2`],
    ['as JSON within JSON', String.raw`p&<x>\\\"1/2`],
    ['in small escapes of a URL', 'p%26%3cx%3e%221%2f2'],
    ['as a URL within a URL', 'p%2526%253Cx%253E%25221%252F2'],
    ['as HTML', 'p&amp;&lt;x&gt;&quot;1/2'],
    ['in hexadecimal', Buffer.from('p&<x>"1/2').toString('hex')],
  ])('a given secret %s', (_, written) => {
    expect(maskerForOthers(['p&<x>"1/2'])(`got ${written} there`)).toBe('got *** there');
  });

  it.each([
    ['an assignment', 'DB_PASSWORD=hunter2 next', 'DB_PASSWORD=*** next'],
    ['a field of YAML', 'clientSecret: hunter2', 'clientSecret: ***'],
    ['a field within an escaped text', String.raw`"{\"webhook_token\":\"hunter2\"}"`, String.raw`"{\"webhook_token\":\"***\"}"`],
    ['a flag', 'redis-server --requirepass hunter2 --port 1', 'redis-server --requirepass *** --port 1'],
    ['a key of a well-known service', 'used sk-abcdefghijklmnop1234', 'used ***'],
    ['the query of a URL', 'GET https://h.example/x?id=7&k=abc failed', 'GET https://h.example/x?id=***&k=*** failed'],
    ['a key in the path of a URL', 'https://hc.example/ping/0b7c6f0e-3c1b-4b1a-9a51-2d6b7a2f7c11', 'https://hc.example/ping/***'],
    ['a Slack webhook', 'https://hooks.example.com/services/T0/B0/aB3dE6gH9jK2mN5p', 'https://hooks.example.com/services/T0/B0/***'],
    ['every entry of a list', 'AWOOOI_WEBHOOK_TOKENS=hunter2-a,hunter2-b', 'AWOOOI_WEBHOOK_TOKENS=***'],
    ['a list in brackets', 'tokens: ["hunter2-a", "hunter2-b"]', 'tokens: [***]'],
    ['a text with blanks', 'password="what hunter2 is"', 'password="***"'],
    ['a text with blanks and a quote', String.raw`{"db_pass":"a \"hunter2\" b"}`, '{"db_pass":"***"}'],
    ['a field called pass', '{"user":"x","pass":"hunter2"}', '{"user":"x","pass":"***"}'],
    ['any scheme of a header', 'Authorization: Token hunter2', 'Authorization: ***'],
    ['a part of a cookie', 'Cookie: a=b; session=hunter2', 'Cookie: ***'],
    ['what a URL escapes', 'client_secret%3Dhunter2', 'client_secret%3D***'],
    ['a hash of Ruby', ':password=>"hunter2"', ':password=>"***"'],
    ['a variable with its value', '{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"***"}'],
    ['a line of a redis.conf', 'requirepass hunter2', 'requirepass ***'],
    ['who signs in by curl', 'curl -u admin:hunter2 http://h/', 'curl -u admin:*** http://h/'],
    [
      'a private key that a log stamps line by line',
      '-----BEGIN EC PRIVATE KEY-----\n2026-03-29T02:00:00Z MIIE\n2026-03-29T02:00:00Z -----END EC PRIVATE KEY-----',
      '*** -----END EC PRIVATE KEY-----',
    ],
    [
      'a private key with headers',
      '-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,AB\n\nMIIE\n-----END RSA PRIVATE KEY-----',
      '*** -----END RSA PRIVATE KEY-----',
    ],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\nab==\n-----END RSA PRIVATE KEY-----', '*** -----END RSA PRIVATE KEY-----'],
  ])('%s', (_, text, expected) => {
    expect(others(text)).toBe(expected);
  });

  it.each([
    '{"runToken":"v1.2.3"}',
    'the bearer token is not one that is configured',
    'Secret signoz has no key apiKey',
    'http://alertmanager-operated.monitoring.svc:9093/api/v2/alerts',
    'GET /api/v1/namespaces/a/pods/awoooi-operator-7c9d8bf5b4-x2x4z/log of https://10.0.0.1:6443',
    'passed: 3, compass north, bypass',
    'awoooi_probe_hop_up{namespace="a",probe="paging",hop="canary"} 1',
  ])('and %s is shown', text => {
    expect(others(text)).toBe(text);
  });
});

it.each([
  ['DB_PASSWORD', true],
  ['apiKey', true],
  ['webhook-tokens', true],
  ['Authorization', true],
  ['token', true],
  ['secretName', false],
  ['key', false],
  ['runToken', false],
  ['botTokenRef', false],
])('the name %s tells of a secret: %s', (name, expected) => {
  expect(isSecretName(name)).toBe(expected);
});
