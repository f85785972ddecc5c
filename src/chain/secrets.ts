import type { HttpAuth, SecretKeyRef } from '../crds/reference.ts';
import type { SecretReader, SecretValue } from '../domain/ports/secret-reader.ts';
import { HopFailure, portFailure } from './failure.ts';
import { PortError } from '../domain/ports/port-error.ts';

/** Who reads, for whom, and until when. A HopContext's parts fit. */
export interface SecretAccess {
  readonly secrets: SecretReader;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** The value behind a reference. A missing, empty or unreadable one ends the hop untried. */
export async function secretValue(ref: SecretKeyRef, access: SecretAccess): Promise<string> {
  const found = await lookedUp(ref, access);
  if (found.is === 'found') return found.value;
  throw new HopFailure({ cause: found.what, message: found.message });
}

/** Like {@link secretValue}, for keys that may be left out of their Secret. */
export async function optionalSecretValue(ref: SecretKeyRef, access: SecretAccess): Promise<string | undefined> {
  const found = await lookedUp(ref, access);
  return found.is === 'found' ? found.value : undefined;
}

async function lookedUp(ref: SecretKeyRef, { secrets, namespace, signal }: SecretAccess): Promise<SecretValue> {
  try {
    return await secrets.read(namespace, ref, signal);
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    const { message } = portFailure(err, `Secret ${namespace}/${ref.name} could not be read`);
    const cause = err.fault === 'forbidden' ? 'Forbidden' : 'StoreUnavailable';
    throw new HopFailure({ cause, message }, { cause: err, untried: true });
  }
}

export interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  /** What must not show in any message. */
  readonly secrets: readonly string[];
}

/** The Authorization header that a spec's `auth` asks for; none where it asks for nothing. */
export async function authorization(auth: HttpAuth | undefined, access: SecretAccess): Promise<Authorization> {
  if (auth?.bearerToken) {
    const token = await secretValue(auth.bearerToken, access);
    refuseUnsendable(token, auth.bearerToken, access.namespace);
    return { headers: { authorization: `Bearer ${token}` }, secrets: [token] };
  }
  if (auth?.basic) {
    const password = await secretValue(auth.basic.password, access);
    const encoded = Buffer.from(`${auth.basic.username}:${password}`).toString('base64');
    return { headers: { authorization: `Basic ${encoded}` }, secrets: [encoded, password] };
  }
  return { headers: {}, secrets: [] };
}

function refuseUnsendable(token: string, { name, key }: SecretKeyRef, namespace: string): void {
  if (/^[\x20-\x7e]+$/.test(token)) return;
  const message = `Key ${key} of Secret ${namespace}/${name} holds line breaks or characters that a header cannot carry; store the bare token.`;
  throw new HopFailure({ cause: 'NotConfigured', message });
}
