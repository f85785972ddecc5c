import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { delimiter, dirname, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeError } from './client.ts';
import { bearer, type Credentials, type Identity, rereading, tokenIn } from './credentials.ts';
import { isRecord } from './object.ts';

/** A kubeconfig's current context (or `context`), with its authentication plugins. `files` is what KUBECONFIG holds: one path or several. */
export async function kubeconfigCredentials(given: { files: string; context?: string }): Promise<Credentials> {
  let held = await loaded(given);
  const server = serverOf(held.config, given.files);
  const current = rereading({
    async read(refused) {
      // A refused identity may have been replaced in the file itself; otherwise the plugins know when to renew.
      if (refused) held = await loaded(given);
      return withToken(await identityOf(held.config), held.tokenFile);
    },
  });
  return { server, current };
}

interface Loaded {
  readonly config: KubeConfig;
  /** Of the current user; client-node drops it. */
  readonly tokenFile: string | undefined;
}

async function loaded({ files, context }: { files: string; context?: string }): Promise<Loaded> {
  // Costs 0.3 s and 90 MB: only those who bring a kubeconfig pay for it.
  const { KubeConfig, loadYaml } = await import('@kubernetes/client-node');
  const merged = new KubeConfig();
  const tokenFiles = new Map<string, string>();
  const paths = files.split(delimiter).filter(file => file !== '');
  if (paths.length === 0) throw new KubeError('KUBECONFIG names no file: give the path of a kubeconfig', { reason: 'KubeconfigInvalid' });
  try {
    for (const [index, path] of paths.entries()) {
      const config = index === 0 ? merged : new KubeConfig();
      config.loadFromFile(path);
      if (index > 0) merged.mergeConfig(config, true);
      for (const [user, file] of tokenFilesOf(loadYaml<unknown>(readFileSync(path, 'utf8'))))
        tokenFiles.set(user, resolve(dirname(path), file));
    }
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new KubeError(`the kubeconfig ${files} cannot be read: ${why}`, { reason: 'KubeconfigInvalid', cause: err });
  }
  if (context !== undefined) merged.setCurrentContext(context);
  return { config: merged, tokenFile: tokenFiles.get(merged.getCurrentUser()?.name ?? '') };
}

/** Which users of a kubeconfig have their token in a file of its own, and which file. */
function tokenFilesOf(kubeconfig: unknown): [user: string, file: string][] {
  const users: unknown = isRecord(kubeconfig) ? kubeconfig['users'] : undefined;
  return (Array.isArray(users) ? users : []).filter(isRecord).flatMap(({ name, user }): [string, string][] => {
    const file = isRecord(user) ? user['tokenFile'] : undefined;
    return typeof name === 'string' && typeof file === 'string' && file !== '' ? [[name, file]] : [];
  });
}

/** As in kubectl, the file counts before a token that stands in the kubeconfig. */
async function withToken({ headers, tls }: Identity, tokenFile: string | undefined): Promise<Identity> {
  return { headers: tokenFile === undefined ? headers : { ...headers, ...bearer(await tokenIn(tokenFile)) }, tls };
}

function serverOf(config: KubeConfig, files: string): string {
  const cluster = config.getCurrentCluster();
  const wrong = (what: string): KubeError => new KubeError(`the kubeconfig ${files} ${what}`, { reason: 'KubeconfigInvalid' });
  if (!cluster) throw wrong(`has no cluster for the context "${config.getCurrentContext()}": set current-context`);
  if (cluster.proxyUrl !== undefined) throw wrong('asks for a proxy (proxy-url), which is not supported: reach the API server directly');
  return cluster.server.replace(/\/+$/, '');
}

async function identityOf(config: KubeConfig): Promise<Identity> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = options;
  const tls = { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized };
  return {
    headers: { ...headersOf(options), ...basic(options.auth) },
    tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined && value !== null)),
  };
}

function headersOf({ headers }: RequestOptions): Record<string, string> {
  if (headers === undefined || Array.isArray(headers)) return {};
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value).trim()]));
}

function basic(auth: string | null | undefined): Record<string, string> {
  return auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
}
