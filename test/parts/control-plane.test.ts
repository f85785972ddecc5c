import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cluster } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import { externalCluster } from './external-cluster.ts';
import { kubectl, tryKubectl } from './kubectl.ts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(() => plane.stop());

const ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' }, data: { a: 'b' } };

describe('a control plane of our own', () => {
  it('forbids a ServiceAccount what no role grants it, and lets it do what one does', async () => {
    const namespace = await plane.freshNamespace('rbac');
    const kubeconfig = plane.kubeconfigFor(await plane.serviceAccountToken(namespace, 'operator'), namespace);
    const refused = await tryKubectl(['get', 'configmaps'], { kubeconfig });
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(`User "system:serviceaccount:${namespace}:operator" cannot list resource "configmaps"`);

    const admin = { kubeconfig: plane.adminKubeconfig };
    await kubectl(['create', 'role', 'reader', '--verb=list', '--resource=configmaps', '-n', namespace], admin);
    await kubectl(['create', 'rolebinding', 'reader', '--role=reader', `--serviceaccount=${namespace}:operator`, '-n', namespace], admin);
    await eventually(() => kubectl(['get', 'configmaps'], { kubeconfig }));
  });

  it('answers 401 to a token that has expired, and to one that is not signed by its key', async () => {
    const namespace = await plane.freshNamespace('expiry');
    const expired = await plane.serviceAccountToken(namespace, 'operator', { expiresInSeconds: -120 });
    expect((await plane.request('/api', { token: expired })).status).toBe(401);
    const good = await plane.serviceAccountToken(namespace, 'operator');
    expect((await plane.request('/api', { token: good })).status).toBe(200);
    expect((await plane.request('/api', { token: `${good.slice(0, -8)}AAAAAAAA` })).status).toBe(401);
  });

  it('keeps its port, its data and its tokens when the API server is killed and started again', async () => {
    const namespace = await plane.freshNamespace('restart');
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const token = await plane.serviceAccountToken(namespace, 'operator');
    expect((await plane.request(path, { method: 'POST', body: ConfigMap })).status).toBe(201);

    await plane.apiServer.kill9();
    await expect(plane.request('/readyz')).rejects.toThrow('ECONNREFUSED');
    await plane.apiServer.restart();

    expect((await plane.request(`${path}/kept`)).body).toMatchObject({ data: { a: 'b' } });
    expect((await plane.request('/api', { token })).status).toBe(200);
  });

  it('holds connections and answers nothing while it is frozen', async () => {
    plane.apiServer.freeze();
    const answer = plane.request('/readyz');
    const first = await Promise.race([answer, new Promise(resolve => setTimeout(resolve, 300, 'silence'))]);
    plane.apiServer.thaw();
    expect(first).toBe('silence');
    expect((await answer).status).toBe(200);
  });
});

describe('a cluster that KUBECONFIG names', () => {
  it('is used with an admin token of its own, however the kubeconfig logs in', async () => {
    const outside = cluster(await externalCluster(plane.adminKubeconfig));
    expect(outside.adminToken).not.toBe(plane.adminToken);
    const namespace = await outside.freshNamespace('outside');
    const token = await outside.serviceAccountToken(namespace, 'operator');
    expect((await outside.request('/api', { token })).status).toBe(200);
    expect((await outside.request('/api/v1/nodes', { token })).status).toBe(403);
  });

  it('says that it mints no expired tokens', async () => {
    const { url, caFile, adminToken, adminUser, adminKubeconfig } = plane;
    const outside = cluster({ url, caFile, adminToken, adminUser, adminKubeconfig });
    await expect(outside.serviceAccountToken('default', 'operator', { expiresInSeconds: -120 })).rejects.toThrow(
      'start a control plane of your own',
    );
  });
});
