import { describe, expect, it } from 'vitest';
import { cleaned, cleanedBeginning } from './cleaned.ts';

const PEM = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nMIIEow/+=\n-----END RSA PRIVATE KEY-----`;
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0xxxx.c2lnbmF0dXJl';
const letters = (count: number): string => 'aB3'.repeat(count).slice(0, count);

describe('is taken out', () => {
  it.each([
    ['a private key', `key: ${PEM} end`, 'key: *** end'],
    ['a private key that was cut', '-----BEGIN PRIVATE KEY-----\nMIIEow', '***'],
    ['a private key in JSON', JSON.stringify({ a: PEM }), '{"a":"***"}'],
    ['a bearer header', 'authorization: Bearer abc.def-123', 'authorization: Bearer ***'],
    ['an authorization header of another scheme', 'Authorization: Token abc123', 'Authorization: Token ***'],
    ['an authorization header without one', 'authorization=abc123, x', 'authorization=***, x'],
    ['cookies', 'Cookie: session=abc; csrf=def\nnext', 'Cookie: ***\nnext'],
    ['a Slack webhook', 'https://hooks.slack.com/services/T0/B0/xyz', 'https://hooks.slack.com/services/***'],
    ['a Discord webhook', 'https://discord.com/api/webhooks/1/xyz', 'https://discord.com/api/webhooks/***'],
    ['a JSON Web Token', `got ${JWT}`, 'got ***'],
    ['an AWS access key', 'id AKIAIOSFODNN7EXAMPLE used', 'id *** used'],
    ['an AWS secret key', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG', 'aws_secret_access_key = ***'],
    ['a GitHub token', `push with ghp_${letters(36)}`, 'push with ***'],
    ['a fine-grained GitHub token', `github_pat_${letters(60)}`, '***'],
    ['a GitLab token', 'glpat-abcdefghij0123456789', '***'],
    ['a Slack token', 'xoxb-1234567890-abcdefghij', '***'],
    ['a Telegram bot token', `bot 1234567890:${'A'.repeat(35)} of`, 'bot *** of'],
    ['a Sentry token', `sntrys_${letters(40)}`, '***'],
    ['an OpenAI key', `sk-proj-${letters(40)}`, '***'],
    ['a Stripe key', ['sk', 'live', letters(24)].join('_'), '***'],
    ['a Google key', `AIza${letters(35)}`, '***'],
    ['an npm token', `npm_${letters(36)}`, '***'],
    ['a Vault token', `hvs.${letters(30)}`, '***'],
    ['a connection string', 'postgres://app:hunter2@db:5432/x', 'postgres://***@db:5432/x'],
    ['a connection string without a URL', 'Server=db;User=app;Password=hunter2;Timeout=3', 'Server=db;User=app;Password=***;Timeout=3'],
    ['a storage key', 'AccountName=a;AccountKey=abc+/==;x', 'AccountName=a;AccountKey=***;x'],
    ['a variable', 'DB_PASSWORD=hunter2 is set', 'DB_PASSWORD=*** is set'],
    ['a quoted password', `password: "two words"`, 'password: ***'],
    ['a field of JSON', '{"password":"hunter2","n":1}', '{"password":"***","n":1}'],
    ['a field of JSON within JSON', String.raw`{"a":"{\"api_key\":\"hunter2\"}"}`, String.raw`{"a":"{\"api_key\":***}"}`],
    ['a query', 'GET /x?api_key=abc&id=1', 'GET /x?api_key=***&id=1'],
    ['an e-mail address', 'mail ops+x@mail.example.com now', 'mail *** now'],
    ['an e-mail address of another script', 'mail 王@例え.jp', 'mail ***'],
    ['the number of a card', 'paid with 4111 1111 1111 1111.', 'paid with ***.'],
    ['the number of a card without blanks', 'card=5500005555555559', 'card=***'],
  ])('%s', (_, text, expected) => {
    expect(cleaned(text)).toBe(expected);
    expect(cleaned(expected)).toBe(expected);
  });
});

it.each([
  'the token has expired and the password is wrong',
  'secret "tls" not found; secretName: tls',
  'pod api-7d9c-x2 in namespace prod, image registry.example.com/api@sha256:0123456789abcdef',
  'since release api@1.4.2, in node_modules/foo@2.0.0-rc.1/index.js',
  'at 1787220300123456789 ns, id 4111111111111112',
  'Basic authentication failed for user a',
  'p95 is 812 ms; see http://runbooks.example.com/a?id=1#b',
  'npm ERR! sk-learn, keyboard: us, monkey=banana',
])('is kept: %s', text => {
  expect(cleaned(text)).toBe(text);
});

it('takes a time that does not grow with the square of the text', () => {
  const parts = [
    '-----BEGIN PRIVATE KEY-----',
    'authorization: ',
    'token="',
    'token:',
    'a@a.',
    'a.',
    '@',
    '4111 ',
    '4',
    'sk-',
    'cookie:',
    'eyJ',
    "'",
  ];
  const began = performance.now();
  for (const part of parts) cleaned(part.repeat(Math.floor(300_000 / part.length)));
  expect(performance.now() - began).toBeLessThan(10_000);
});

it('of a long text takes the beginning, and shows no half of a secret that was cut off there', () => {
  expect(cleanedBeginning('abc', 10)).toBe('abc');
  expect(cleanedBeginning('abcdefghijk', 10)).toBe('abcdefghi…');
  for (const ahead of [0, 10, 8_000, 30_000, 32_760]) {
    expect(cleanedBeginning(`${' '.repeat(ahead)}ghp_${letters(36)} ${'x '.repeat(50_000)}`, 40_000)).not.toContain('ghp_');
  }
});
