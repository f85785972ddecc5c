import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../test/parts/cluster.ts';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import { loadConfig } from '../config/load.ts';
import { kubeClient } from '../kube/transport.ts';
import { clusterCredentials } from './kube-access.ts';

let cluster: Cluster;
let namespace: string;
let folder: string;
beforeAll(async () => {
  cluster = await sharedControlPlane();
  namespace = await cluster.freshNamespace('access');
  folder = runFolder('service-account');
});
afterAll(() => removeFolder(folder));

/** Asks the API server who we are, signed in as these settings say. */
async function whoAmI(env: Record<string, string>): Promise<unknown> {
  const loaded = loadConfig({ env: { ...env, AWOOOI_ALLOW_UNAUTHENTICATED: 'true' }, readFile: path => `read ${path}` });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const client = kubeClient({ credentials: await clusterCredentials(loaded.config.kubernetes), userAgent: 'test' });
  try {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    return await client.request({ method: 'POST', path, body, signal: AbortSignal.timeout(10_000) });
  } finally {
    await client.close();
  }
}

const as = (username: string) => ({ status: { userInfo: { username: expect.stringContaining(username) } } });

describe('signing in', () => {
  it('is done by token and CA of the pod where no kubeconfig is named', async () => {
    writeFileSync(join(folder, 'token'), `${await cluster.serviceAccountToken(namespace, 'default')}\n`);
    copyFileSync(cluster.caFile, join(folder, 'ca.crt'));
    const { hostname, port } = new URL(cluster.url);
    const pod = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port, AWOOOI_SERVICE_ACCOUNT_DIR: folder };
    expect(await whoAmI(pod)).toMatchObject(as(`system:serviceaccount:${namespace}:default`));
  });

  it('is done by the kubeconfig where one is named, also in a pod', async () => {
    const token = await cluster.serviceAccountToken(namespace, 'default');
    const env = { KUBECONFIG: cluster.kubeconfigFor(token, namespace), KUBERNETES_SERVICE_HOST: '192.0.2.1' };
    expect(await whoAmI(env)).toMatchObject(as(`system:serviceaccount:${namespace}:default`));
  });

  it('says what to set where neither is there', async () => {
    await expect(whoAmI({})).rejects.toThrow(/set KUBECONFIG/);
  });
});
