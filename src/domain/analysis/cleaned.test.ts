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
    ['a key for what is encrypted', 'ENCRYPTION_KEY=abc123, SECRET_KEY_BASE=abc123', 'ENCRYPTION_KEY=***, SECRET_KEY_BASE=***'],
    ['a field of another writing', '"secretKey": "abc123"', '"secretKey": ***'],
    ['a password with a number', 'password1=hunter2 password_hash: hunter2', 'password1=*** password_hash: ***'],
    ['a short name', 'DB_PASS=hunter2; pass: hunter2, otp=123456', 'DB_PASS=***; pass: ***, otp=***'],
    ['a name in Chinese', '密碼：hunter2，金鑰: abc123', '密碼：*** abc123'],
    ['what Python prints', `{u'password': u'hunter2', 'n': 1}`, `{u'password': ***, 'n': 1}`],
    ['a block of YAML', 'password: |\n  hunter2\n  more\nuser: a', 'password: ***\nuser: a'],
    ['a name far from its value', `password${' '.repeat(12)}=  hunter2`, `password${' '.repeat(12)}=  ***`],
    ['what only looks masked', 'password=***hunter2', 'password=***'],
    ['an encoded query', 'to=%3Ftoken%3Dabc123', 'to=%3Ftoken%3D***'],
    ['a signed link', 'https://s3/x?X-Amz-Signature=abc123&a=1', 'https://s3/x?X-Amz-Signature=***&a=1'],
    ['a session', 'JSESSIONID=abc123; x', 'JSESSIONID=***; x'],
    ['XML', '<db:password>hunter2</db:password>', '<db:password>***</db:password>'],
    ['an option', 'run --db-password hunter2 --token=abc -v', 'run --db-password *** --token=*** -v'],
    ['a user of curl', 'curl -s -u admin:hunter2 http://x', 'curl -s -u admin:*** http://x'],
    ['a digest', 'Authorization: Digest username="a", response="abc123"', 'Authorization: Digest ***'],
    ['a signed request', 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=h, Signature=abc123', 'AWS4-HMAC-SHA256 ***'],
    [
      'a list of headers',
      '{"Authorization":["Custom abcdefgh12345678"],"cookie":["sid=abc"]}',
      '{"Authorization":["***"],"cookie":["***"]}',
    ],
    ['a hash of a password', 'root:$6$salt$abcdefgh:19000', 'root:***:19000'],
    ['a token that nobody signed', 'got eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', 'got ***'],
    ['a Teams webhook', 'https://a.webhook.office.com/webhookb2/abc@def/x/1', 'https://a.webhook.office.com/webhookb2/***'],
    ['a Grafana token', `glsa_${letters(32)}_abcdef12`, '***'],
    ['a Databricks token', `dapi${'0a'.repeat(16)}`, '***'],
    ['a Twilio key', `SK${'0a'.repeat(16)}`, '***'],
    ['a Docker token', `dckr_pat_${letters(27)}`, '***'],
    ['an encoded e-mail address', 'GET /x?u=bob%40example.com', 'GET /x?u=***'],
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
  'pass: 12, fail: 0; max_tokens: 4096; --password-file /etc/x',
  'curl -s http://x:80 -u was missing',
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
    'eyJabcdefgh.',
    "'",
    'curl ',
    'curl -u ',
    '--token ',
    '--a-',
    'Digest a=b,',
    'password: |\n a',
    '<token>',
    '$6$',
    'pass',
    '%40',
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
