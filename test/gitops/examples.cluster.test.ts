import { relative } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Cluster } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';
import { foreignCrdTexts } from '../parts/foreign-crds.ts';
import { CHART, helm } from '../parts/helm.ts';
import { installConfig } from '../parts/install-config.ts';
import { kubectl } from '../parts/kubectl.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';
import { exampleFiles, Manifest, manifestsIn, manifestsOf } from './manifests.ts';

/** What the chart makes only where a cluster has the kinds of others. */
const OPTIONAL = [
  'monitoring.coreos.com/v1/ServiceMonitor',
  'monitoring.coreos.com/v1/PrometheusRule',
  'gateway.networking.k8s.io/v1/HTTPRoute',
];
const optional = await helm([
  'template',
  'awoooi',
  CHART,
  ...OPTIONAL.map(kind => `--api-versions=${kind}`),
  '--set=httpRoute.enabled=true,httpRoute.parentRefs[0].name=public,httpRoute.hostnames={awoooi.example.com}',
  ...['monitoring/service-monitor', 'monitoring/prometheus-rule', 'http-route'].map(name => `--show-only=templates/${name}.yaml`),
]);
const examples = [
  ...exampleFiles().flatMap(path => manifestsOf(path).map(manifest => ({ path, manifest }))),
  ...manifestsIn(optional).map(manifest => ({ path: 'examples/../charts', manifest })),
];

let cluster: Cluster;
let namespace: string;
beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  const how = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
  await kubectl(how, { kubeconfig: cluster.adminKubeconfig, input: foreignCrdTexts().join('\n---\n') });
  namespace = await cluster.freshNamespace('gitops');
}, 90_000);

const Resources = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })) });

/** Where objects of this kind lie. A definition that was just made is served a moment later. */
function placeOf({ apiVersion, kind }: Manifest): Promise<string> {
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const place = async (): Promise<string | undefined> => {
    const { status, body } = await cluster.request(group);
    const found = status === 200 ? Resources.parse(body).resources.find(each => each.kind === kind && !each.name.includes('/')) : undefined;
    return found && `${group}${found.namespaced ? `/namespaces/${namespace}` : ''}/${found.name}`;
  };
  return eventually(place, { withinMs: 30_000, everyMs: 200 });
}

/** What `kubectl apply --server-side --dry-run=server --validate=strict` asks: nothing is written. */
async function tried(manifest: Manifest): Promise<{ status: number; body: unknown }> {
  const { namespace: _, ...metadata } = manifest.metadata;
  const query = 'dryRun=All&fieldValidation=Strict&fieldManager=gitops&force=true';
  const place = `${await placeOf(manifest)}/${metadata.name}?${query}`;
  return cluster.request(place, { method: 'PATCH', body: { ...manifest, metadata }, contentType: 'application/apply-patch+yaml' });
}

const named = examples.map(({ path, manifest }) => [relative('examples', path), manifest.kind, manifest.metadata.name, manifest] as const);

it.each(named)('%s has a right %s %s', async (_path, kind, _name, manifest) => {
  const { status, body } = await tried(manifest);
  expect([status, body]).toEqual([expect.toSatisfy((got: number) => got === 200 || got === 201), expect.objectContaining({ kind })]);
});

/** One field of each kind, misspelt as it happens. */
const TYPOS: readonly (readonly [kind: string, right: string, wrong: string])[] = [
  ['Application', 'jsonPointers', 'jsonPointer'],
  ['Job', 'backoffLimit', 'backofLimit'],
  ['GitRepository', 'interval', 'intervall'],
  ['HelmRelease', 'remediation', 'remediations'],
  ['Kustomization', 'healthCheckExprs', 'healthCheckExpr'],
  ['AnalysisTemplate', 'successCondition', 'succesCondition'],
  ['Rollout', 'setWeight', 'setWeigth'],
  ['Canary', 'stepWeight', 'stepWeigth'],
  ['AlertChainProbe', 'failureThreshold', 'failureTreshold'],
  ['AlertmanagerConfig', 'groupWait', 'groupwait'],
  ['ServiceMonitor', 'honorLabels', 'honourLabels'],
  ['PrometheusRule', 'annotations', 'annotation'],
  ['HTTPRoute', 'parentRefs', 'parentRef'],
];

it.each(TYPOS)('a typo in an object of kind %s (%s) is refused', async (kind, right, wrong) => {
  const texts = examples.filter(({ manifest }) => manifest.kind === kind).map(({ manifest }) => stringify(manifest));
  const text = texts.find(each => each.includes(`${right}:`)) ?? '';
  const { status, body } = await tried(Manifest.parse(parse(text.replace(`${right}:`, `${wrong}:`))));
  expect([status >= 400, JSON.stringify(body)]).toEqual([true, expect.stringContaining(`.${wrong}: field not declared in schema`)]);
});

it('every kind that is not of the core of Kubernetes has such a typo', () => {
  const core = ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding'];
  const kinds = new Set(examples.map(({ manifest }) => manifest.kind).filter(kind => !core.includes(kind)));
  expect([...kinds].toSorted()).toEqual(TYPOS.map(([kind]) => kind).toSorted());
});
