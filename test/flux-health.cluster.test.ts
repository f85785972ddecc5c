import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Cluster } from './parts/cluster.ts';
import { eventually } from './parts/eventually.ts';
import { installConfig } from './parts/install-config.ts';
import { sharedControlPlane } from './parts/shared-control-plane.ts';

const VERDICTS = ['failed', 'current'] as const;
type Verdict = (typeof VERDICTS)[number];

const Expressions = z.object({
  apiVersion: z.literal('awoooi.io/v1alpha1'),
  kind: z.literal('AlertChainProbe'),
  failed: z.string(),
  current: z.string(),
});
const Kustomization = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ healthCheckExprs: z.array(Expressions).default([]) }),
});
const Answer = z.object({ message: z.string().default('') });

/** What the example tells users of Flux to write wherever a Kustomization holds probes: the same each time. */
function documented(): Readonly<Record<Verdict, string>> {
  const text = readFileSync(join(import.meta.dirname, '../examples/gitops/flux/order.yaml'), 'utf8');
  const all = parseAllDocuments(text).map(document => Kustomization.parse(document.toJS()));
  const [first, ...others] = all.flatMap(({ spec }) => spec.healthCheckExprs);
  if (first === undefined) throw new Error('the example has no healthCheckExprs');
  expect(others).toEqual([first]);
  return first;
}

const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const BINDINGS = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
const HOLDS = 'the expression holds';
const namespaces = new Map<Verdict, string>();
let cluster: Cluster;

/** The API server evaluates the same CEL: in a namespace for each expression a policy refuses every status for which it holds. */
beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  const expressions = documented();
  for (const verdict of VERDICTS) namespaces.set(verdict, await refusing(verdict, expressions[verdict]));
});

async function refusing(verdict: Verdict, expression: string): Promise<string> {
  const namespace = await cluster.freshNamespace(`flux-${verdict}`);
  // Flux knows the object's fields by their names alone, a policy below `object`.
  const inPolicy = expression.replaceAll(/(?<![\w.])(status|spec|metadata)\./g, 'object.$1.');
  const resourceRules = [
    { apiGroups: ['awoooi.io'], apiVersions: ['v1alpha1'], operations: ['UPDATE'], resources: ['alertchainprobes/status'] },
  ];
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  await make(POLICIES, {
    metadata: { name: namespace },
    spec: { matchConstraints: { resourceRules, namespaceSelector }, validations: [{ expression: `!(${inPolicy})`, message: HOLDS }] },
  });
  await make(BINDINGS, {
    metadata: { name: namespace },
    spec: { policyName: namespace, validationActions: ['Deny'] },
  });
  await make(probes(namespace), {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'AlertChainProbe',
    metadata: { name: 'gate' },
    spec: { schedule: { every: '1h' }, target: { url: 'http://api' }, hops: [{ name: 'api', type: 'Health' }] },
  });
  // The API server takes a new policy into account after a while.
  await eventually(() => holds(namespace, verdict === 'failed' ? 'False' : 'True'), { withinMs: 30_000 });
  return namespace;
}

afterAll(async () => {
  for (const name of namespaces.values()) {
    await cluster.request(`${BINDINGS}/${name}`, { method: 'DELETE' });
    await cluster.request(`${POLICIES}/${name}`, { method: 'DELETE' });
  }
});

const probes = (namespace: string): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/alertchainprobes`;

async function make(path: string, body: object): Promise<void> {
  const answer = await cluster.request(path, { method: 'POST', body });
  if (answer.status !== 201) throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

/** Whether the expression of that namespace holds for a probe whose Ready is this. */
async function holds(namespace: string, ready: string): Promise<boolean> {
  const condition = { reason: 'Any', message: '', observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' };
  const conditions = [
    { type: 'ChainHealthy', status: ready === 'True' ? 'False' : 'True', ...condition },
    { type: 'Ready', status: ready, ...condition },
  ];
  const path = `${probes(namespace)}/gate/status?dryRun=All`;
  const body = { status: { observedGeneration: 1, conditions } };
  const answer = await cluster.request(path, { method: 'PATCH', body, contentType: 'application/merge-patch+json' });
  if (answer.status === 200) return false;
  const { message } = Answer.parse(answer.body);
  if (message.includes(HOLDS)) return true;
  throw new Error(`the expression cannot be evaluated: ${message}`);
}

it.each([
  ['a good chain', 'True', { failed: false, current: true }],
  ['a broken one', 'False', { failed: true, current: false }],
  ['one whose run is awaited', 'Unknown', { failed: false, current: false }],
] as const)('the documented health expressions take %s for what it is', async (_, ready, expected) => {
  const [failed, current] = await Promise.all(VERDICTS.map(verdict => holds(namespaces.get(verdict) ?? '', ready)));
  expect({ failed, current }).toEqual(expected);
});
