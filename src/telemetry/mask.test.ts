import { describe, expect, it } from 'vitest';
import { maskSecrets } from './mask.ts';

const BOT = `1234567890:${'A'.repeat(35)}`;
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0xxxx.c2lnbmF0dXJl';

describe('maskSecrets', () => {
  it.each([
    ['a bearer token', 'Authorization: Bearer abc.def-123', 'Authorization: Bearer ***'],
    ['basic credentials', 'authorization=Basic dTpwYXNz', 'authorization=Basic ***'],
    ['credentials in a URL', 'redis://user:p%40ss@redis:6379/0', 'redis://***@redis:6379/0'],
    ['the token in a Bot API URL', `POST https://api.telegram.org/bot${BOT}/getMe`, 'POST https://api.telegram.org/bot***/getMe'],
    ['a bot token by itself', `token ${BOT}.`, 'token ***.'],
    ['a service account token', `token is ${JWT}`, 'token is ***'],
    ['a Sentry token', `sntrys_${'a'.repeat(40)}`, '***'],
    ['a query', 'GET /hook?id=1&token=abc&x=2', 'GET /hook?id=1&token=***&x=2'],
    ['a field', '{"password":"a\\"b","n":1}', '{"password":"***","n":1}'],
    ['a field in any writing', '{"SIGNOZ-API-KEY":"abc","botToken":"x y"}', '{"SIGNOZ-API-KEY":"***","botToken":"***"}'],
    ['a header', '{"x-telegram-bot-api-secret-token":"abc"}', '{"x-telegram-bot-api-secret-token":"***"}'],
  ])('masks %s', (_, text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
  });

  it.each([
    '{"runToken":"v1.2.3","secretRef":{"name":"telegram"},"key":"token"}',
    '{"time":"2026-01-01T00:00:00.000Z","msg":"probe 12345:6789 failed at http://a:80/b@c"}',
    '{"uid":"5f0c7c0e-3c1b-4b1a-9a51-2d6b7a2f7c11","basic":"a basic check"}',
  ])('leaves %s alone', text => {
    expect(maskSecrets(text)).toBe(text);
  });
});

it.each(['a.', '1', '"a-', 'a://', 'eyJ'])('takes a time that does not grow with the square of the text: %s', part => {
  const began = performance.now();
  maskSecrets(part.repeat(Math.floor(1_000_000 / part.length)));
  // Squared it would be minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});
