import type { Config } from '../config/load.ts';
import type { Credentials } from '../webhook/auth/credentials.ts';

/** How long what the files held is used: a rotation counts within a second, a storm of alerts does not become one of file reads. */
const FRESH_MS = 1_000;

type Secrets = Pick<Config, 'auth' | 'sentry' | 'telegram'>;

/** The credentials as their variables and files hold them now. */
export function liveCredentials(secrets: Secrets, monotonic: () => number): () => Credentials {
  let held: { readonly credentials: Credentials; readonly at: number } | undefined;
  return () => {
    if (!held || monotonic() - held.at > FRESH_MS) held = { credentials: read(secrets), at: monotonic() };
    return held.credentials;
  };
}

function read({ auth, sentry, telegram }: Secrets): Credentials {
  const shared = { bearerTokens: auth.webhookTokens.current(), basic: auth.webhookBasic.current() };
  const signoz = { bearerTokens: auth.signozTokens.current(), basic: auth.signozBasic.current() };
  return {
    alertmanager: shared,
    // Its own instead of the shared ones: whoever reads Alertmanager's secret can then send nothing in SigNoz's name.
    signoz: signoz.bearerTokens.length + signoz.basic.length > 0 ? signoz : shared,
    sentry: {
      clientSecrets: sentry.clientSecrets.current(),
      urlTokens: sentry.urlTokens.current(),
      replayWindowMs: sentry.replayWindowMs,
    },
    telegram: { webhookSecrets: telegram.webhookSecrets.current() },
    api: auth.apiTokens.current(),
    allowUnauthenticated: auth.allowUnauthenticated,
  };
}
