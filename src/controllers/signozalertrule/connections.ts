import { PortError } from '../../domain/ports/port-error.ts';
import type { WholeSecretReader } from '../../domain/ports/secret-reader.ts';
import type { SignozConnection } from '../../domain/ports/signoz-rules.ts';

/** Where a connection is written: a Secret of a namespace, or the operator's own, which the namespace must be allowed to use. */
export interface ConnectionSource {
  readonly namespace: string;
  /** Undefined: the operator's default connection. */
  readonly secret: string | undefined;
}

export type ResolvedConnection =
  | { readonly is: 'found'; readonly connection: SignozConnection }
  /** Only a person can mend it. */
  | { readonly is: 'missing'; readonly reason: string; readonly message: string };

export interface ConnectionsOptions {
  readonly secrets: WholeSecretReader;
  /** The default connection, where the namespace may use it. */
  readonly defaultSignoz: (namespace: string) => SignozConnection | undefined;
  readonly monotonic: () => number;
}

/** How long a Secret that leads nowhere is not read again: many objects may name it. */
const MISSING_FOR_MS = 2_000;

interface Known {
  readonly resolved: ResolvedConnection;
  readonly atMs: number;
}

/** Connections by their source. A Secret is read once for all objects that name it, and again whenever {@link refresh} is asked. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #known = new Map<string, Known>();
  readonly #last = new Map<string, SignozConnection>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Throws PortError where the API server does not answer. */
  async of(source: ConnectionSource, signal: AbortSignal): Promise<ResolvedConnection> {
    const known = this.#known.get(nameOf(source));
    const stands = known && (known.resolved.is === 'found' || this.#options.monotonic() - known.atMs < MISSING_FOR_MS);
    return stands ? known.resolved : this.refresh(source, signal);
  }

  /** Reads the source again. Throws PortError; what was known then stands. */
  async refresh(source: ConnectionSource, signal: AbortSignal): Promise<ResolvedConnection> {
    const resolved = await this.#read(source, signal).catch(err => unreadable(source, err));
    const name = nameOf(source);
    this.#known.set(name, { resolved, atMs: this.#options.monotonic() });
    if (resolved.is === 'found') this.#last.set(name, resolved.connection);
    return resolved;
  }

  /**
   * The last that the source led to. With a namespace its Secret is often deleted before the objects that need it: their rules are removed
   * with what it held.
   */
  lastKnown(source: ConnectionSource): SignozConnection | undefined {
    return this.#last.get(nameOf(source));
  }

  async #read({ namespace, secret }: ConnectionSource, signal: AbortSignal): Promise<ResolvedConnection> {
    if (secret === undefined) {
      const connection = this.#options.defaultSignoz(namespace);
      return connection ? { is: 'found', connection } : notAllowed(namespace);
    }
    const valueOf = await this.#options.secrets.snapshot(namespace, secret, signal);
    const [url, apiKey, caBundle] = [valueOf('url'), valueOf('apiKey'), valueOf('caBundle')];
    if (url.is === 'missing') return { is: 'missing', reason: url.what, message: url.message };
    if (apiKey.is === 'missing') return { is: 'missing', reason: apiKey.what, message: apiKey.message };
    if (!isHttp(url.value)) return notUrl(secret);
    if (!/^[!-~]+$/.test(apiKey.value)) return notKey(secret);
    const ca = caBundle.is === 'found' ? { caBundle: caBundle.value } : {};
    return { is: 'found', connection: { url: url.value.replace(/\/+$/, ''), apiKey: apiKey.value, ...ca } };
  }
}

/** Without the right to read it only a person helps; all else is tried again. */
function unreadable({ namespace, secret = '' }: ConnectionSource, err: unknown): ResolvedConnection {
  if (!(err instanceof PortError) || err.fault !== 'forbidden') throw err;
  const message = `The operator may not read Secret ${namespace}/${secret}: let its ServiceAccount get Secrets there.`;
  return { is: 'missing', reason: 'SecretForbidden', message };
}

export function nameOf({ namespace, secret }: ConnectionSource): string {
  return secret === undefined ? namespace : `${namespace}/${secret}`;
}

function notAllowed(namespace: string): ResolvedConnection {
  const message = `Namespace ${namespace} may not use the operator's own connection to SigNoz, or there is none: give spec.signoz.secretRef.`;
  return { is: 'missing', reason: 'ConnectionNotAllowed', message };
}

/** The value is not shown: it may be the key, put under the wrong name. */
function notUrl(secret: string): ResolvedConnection {
  const message = `Key url of Secret ${secret} is no http:// or https:// URL: write the base URL of SigNoz there, such as http://signoz.observability.svc:8080.`;
  return { is: 'missing', reason: 'InvalidConnection', message };
}

function notKey(secret: string): ResolvedConnection {
  const message = `Key apiKey of Secret ${secret} holds a blank or something else that no API key has: put the key of a service account of SigNoz there.`;
  return { is: 'missing', reason: 'InvalidConnection', message };
}

function isHttp(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  );
}
