import type { RequestOptions } from 'node:https';
import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeError } from './client.ts';
import { type Credentials, type Identity, rereading } from './credentials.ts';

/** A kubeconfig's current context (or `context`), with its authentication plugins. `files` is what KUBECONFIG holds: one path or several. */
export async function kubeconfigCredentials(given: { files: string; context?: string }): Promise<Credentials> {
  let config = await loaded(given);
  const server = serverOf(config, given.files);
  const current = rereading({
    async read(refused) {
      // A refused identity may have been replaced in the file itself; otherwise the plugins know when to renew.
      if (refused) config = await loaded(given);
      return identityOf(config);
    },
  });
  return { server, current };
}

async function loaded({ files, context }: { files: string; context?: string }): Promise<KubeConfig> {
  // Costs 0.3 s and 90 MB: only those who bring a kubeconfig pay for it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const merged = new KubeConfig();
  const [first, ...others] = files.split(delimiter).filter(file => file !== '');
  if (first === undefined) throw new KubeError('KUBECONFIG names no file: give the path of a kubeconfig', { reason: 'KubeconfigInvalid' });
  try {
    merged.loadFromFile(first);
    for (const file of others) {
      const more = new KubeConfig();
      more.loadFromFile(file);
      merged.mergeConfig(more, true);
    }
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new KubeError(`the kubeconfig ${files} cannot be read: ${why}`, { reason: 'KubeconfigInvalid', cause: err });
  }
  if (context !== undefined) merged.setCurrentContext(context);
  return merged;
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
