import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Cluster } from '../parts/cluster.ts';
import { installConfig } from '../parts/install-config.ts';
import { Root } from '../parts/installed.ts';
import { kubectl, tryKubectl } from '../parts/kubectl.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';
import { KubeObject, rendered } from './rendered.ts';
import { ROWS } from './rows.ts';

/** What the Prometheus operator and the Gateway API bring, and no Kubernetes has by itself. */
const ABSENT = /^(monitoring\.coreos\.com|gateway\.networking\.k8s\.io)\//;

let cluster: Cluster;
let namespace: string;
beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  namespace = await cluster.freshNamespace('chart');
});

/** Offered as by `kubectl apply --server-side`, where a field that the API server does not know is an error; nothing is stored. */
const offered = (objects: readonly KubeObject[]) =>
  tryKubectl(['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '-f', '-'], {
    kubeconfig: cluster.adminKubeconfig,
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects.map(here) }),
  });

/** In the namespace of this test: those of the rows are not there. */
function here(object: KubeObject): KubeObject {
  return object.metadata.namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };
}

/** Most of them are the same in many rows; of the kinds, which are long, only the labels differ. */
const keyOf = (object: KubeObject): string =>
  object.kind === 'CustomResourceDefinition' ? object.metadata.name : JSON.stringify(here(object));

const isOffered = ({ apiVersion }: KubeObject): boolean => !ABSENT.test(apiVersion);

const keys = (all: readonly KubeObject[]): string[] => all.map(({ kind, metadata }) => `${kind}/${metadata.name}`).toSorted();

describe('the API server', { timeout: 120_000 }, () => {
  it('takes every object of every row', async () => {
    const charts = await Promise.all(ROWS.map(rendered));
    const objects = new Map(charts.flatMap(chart => chart.objects.filter(isOffered).map(each => [keyOf(each), each] as const)));
    const { status, stdout, stderr } = await offered([...objects.values()]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toHaveLength(objects.size);
  });

  it('refuses a field that it does not know, and so would have told', async () => {
    const [account] = (await rendered({ name: 'one', values: { crds: { install: false } } })).objects.filter(
      ({ kind }) => kind === 'ServiceAccount',
    );
    if (account === undefined) throw new Error('no ServiceAccount');
    const { status, stderr } = await offered([{ ...account, automountToken: false }]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/unknown field "automountToken"/) });
  });

  it('takes what kustomize makes of config/default, which is what the chart makes', async () => {
    const built = await kubectl(['kustomize', join(Root, 'config/default')], { kubeconfig: cluster.adminKubeconfig });
    const objects = parseAllDocuments(built).map(document => KubeObject.parse(document.toJS()));
    const { status, stderr } = await offered(objects);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });

    const chart = await rendered({ name: 'the defaults' });
    const helms = chart.objects.filter(({ kind, metadata }) => kind !== 'Secret' && metadata.annotations['helm.sh/hook'] === undefined);
    expect(keys(objects).filter(key => key !== 'Namespace/awoooi-system')).toEqual(keys(helms).filter(key => !key.endsWith('-dashboard')));
  });
});
