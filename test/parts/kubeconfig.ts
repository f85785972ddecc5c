import { writeFileSync } from 'node:fs';

export interface KubeconfigFacts {
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
  /** Where a command names none; by default `default`. */
  readonly namespace?: string;
}

/** Writes a kubeconfig of one context with a bearer token, readable by its owner only. Returns the path. */
export function writeKubeconfig(path: string, { url, caFile, token, namespace = 'default' }: KubeconfigFacts): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}
