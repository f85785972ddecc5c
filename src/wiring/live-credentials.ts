import type { Config } from '../config/load.ts';
import type { Credentials } from '../webhook/auth/credentials.ts';

/** How long what the files held is used: a rotation counts within a second, a storm of alerts does not become one of file reads. */
const FRESH_MS = 1_000;

/** The credentials as their variables and files hold them now. */
export function liveCredentials(auth: Config['auth'], monotonic: () => number): () => Credentials {
  let held: { readonly credentials: Credentials; readonly at: number } | undefined;
  return () => {
    if (!held || monotonic() - held.at > FRESH_MS) held = { credentials: read(auth), at: monotonic() };
    return held.credentials;
  };
}

function read({ webhookTokens, webhookBasic, apiTokens, allowUnauthenticated }: Config['auth']): Credentials {
  const senders = { bearerTokens: webhookTokens.current(), basic: webhookBasic.current() };
  return { alertmanager: senders, signoz: senders, api: apiTokens.current(), allowUnauthenticated };
}
