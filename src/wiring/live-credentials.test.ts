import { expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { liveCredentials } from './live-credentials.ts';

/** Credentials over an environment whose files change, and a clock that is set by hand. */
function live(env: Record<string, string>, files: Record<string, string> = {}) {
  const readFile = (path: string): string => files[path] ?? '';
  const loaded = loadConfig({ env: { AWOOOI_WEBHOOK_TOKENS: 'shared-token', ...env }, readFile });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const clock = { ms: 0 };
  return { files, clock, credentials: liveCredentials(loaded.config, () => clock.ms) };
}

const none = { bearerTokens: [], basic: [] };
const shared = { bearerTokens: ['shared-token'], basic: [] };

it('gives SigNoz the shared credentials until it has some of its own', () => {
  expect(live({}).credentials()).toMatchObject({ alertmanager: shared, signoz: shared });
  const own = live({ AWOOOI_SIGNOZ_TOKENS: 'signoz-token' }).credentials();
  expect(own).toMatchObject({ alertmanager: shared, signoz: { bearerTokens: ['signoz-token'], basic: [] } });
  const basic = live({ AWOOOI_SIGNOZ_BASIC: 'signoz:its-password' }).credentials();
  expect(basic.signoz).toEqual({ bearerTokens: [], basic: [{ username: 'signoz', password: 'its-password' }] });
});

it('takes SigNoz alone for guarded, and then nobody for Alertmanager', () => {
  const { credentials } = live({ AWOOOI_WEBHOOK_TOKENS: '', AWOOOI_SIGNOZ_TOKENS: 'signoz-token' });
  expect(credentials()).toMatchObject({ alertmanager: none, signoz: { bearerTokens: ['signoz-token'] }, allowUnauthenticated: false });
});

it('reads every credential again once its file has changed', () => {
  const variables = ['AWOOOI_WEBHOOK_TOKENS', 'AWOOOI_SIGNOZ_TOKENS', 'SENTRY_CLIENT_SECRETS', 'SENTRY_URL_TOKENS', 'TG_WEBHOOK_SECRETS'];
  const files = Object.fromEntries(variables.map(name => [`/secrets/${name}`, 'the-old-one']));
  const env = Object.fromEntries(variables.map(name => [`${name}_FILE`, `/secrets/${name}`]));
  const world = live({ ...env, AWOOOI_WEBHOOK_TOKENS: '' }, files);
  const all = () => {
    const { alertmanager, signoz, sentry, telegram } = world.credentials();
    return [alertmanager.bearerTokens, signoz.bearerTokens, sentry.clientSecrets, sentry.urlTokens, telegram.webhookSecrets];
  };
  expect(all()).toEqual(variables.map(() => ['the-old-one']));
  for (const path of Object.keys(files)) files[path] = 'the-old-one\nthe-new-one';
  world.clock.ms += 2000;
  expect(all()).toEqual(variables.map(() => ['the-old-one', 'the-new-one']));
});
