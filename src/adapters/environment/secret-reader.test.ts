import { expect, it } from 'vitest';
import { environmentSecrets, secretVariable } from './secret-reader.ts';

const signal = new AbortController().signal;
const read = (env: Record<string, string>, key = 'clientSecret') =>
  environmentSecrets(env).read('any', { name: 'sentry-app.x', key }, signal);

it('names the variable in capitals and underscores', () => {
  expect(secretVariable({ name: 'sentry-app.x', key: 'clientSecret' })).toBe('SECRET_SENTRY_APP_X_CLIENTSECRET');
});

it.each([
  ['a value', 'abc', 'abc'],
  ['a value without its trailing newlines', 'abc\r\n\n', 'abc'],
  ['blanks and inner newlines as they are', ' a\nb ', ' a\nb '],
])('reads %s', async (_, stored, value) => {
  expect(await read({ SECRET_SENTRY_APP_X_CLIENTSECRET: stored })).toEqual({ is: 'found', value });
});

it.each([
  ['SecretNotFound', {}],
  ['SecretKeyNotFound', { SECRET_SENTRY_APP_X_OTHER: 'x' }],
  ['SecretEmpty', { SECRET_SENTRY_APP_X_CLIENTSECRET: '' }],
  ['SecretEmpty', { SECRET_SENTRY_APP_X_CLIENTSECRET: '\n' }],
])('says %s and which variable to set', async (what, env) => {
  const message = expect.stringContaining('SECRET_SENTRY_APP_X_CLIENTSECRET');
  expect(await read(env)).toEqual({ is: 'missing', what, message });
});
