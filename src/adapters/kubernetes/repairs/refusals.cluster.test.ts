import { afterAll, beforeAll, expect, it } from 'vitest';
import { containerOf, type RepairWorld, repairWorld, signal, stands, workload } from '../../../../test/builders/repair-world.ts';
import type { Cluster } from '../../../../test/parts/cluster.ts';
import { eventually } from '../../../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../../../test/parts/shared-control-plane.ts';
import type { KubeClient } from '../../../kube/client.ts';
import { KubeError } from '../../../kube/client.ts';
import { kubernetesRepairs } from './repairs.ts';

let cluster: Cluster;
let world: RepairWorld;
beforeAll(async () => {
  cluster = await sharedControlPlane({ workloads: true });
  world = await repairWorld(cluster, 'refusals');
});
afterAll(() => world.close());

const memory = (name: string, parameters: object = { factor: 2, max: '10Gi' }, kind: 'Deployment' | 'StatefulSet' = 'Deployment') =>
  ({ action: 'increase_memory', target: { kind, name }, parameters }) as const;
const restart = (name: string, kind: 'Deployment' | 'Pod' = 'Deployment') => ({ action: 'restart_pod', target: { kind, name } }) as const;
const limits = { resources: { limits: { memory: '128Mi' } } };

it('tells in the words of the API server what a LimitRange or a quota refuses, before anything is changed', async () => {
  const tight = await repairWorld(cluster, 'tight');
  const limit = { limits: [{ type: 'Container', max: { memory: '1Gi' } }] };
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  const mounts = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  await tight.apply(
    { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'range' }, spec: limit },
    workload('Deployment', 'web', limits),
    workload('StatefulSet', 'db', { ...limits, replicas: 0, container: mounts, spec: { volumeClaimTemplates: [claim] } }),
  );
  const image = async (): Promise<unknown> => containerOf(await tight.get('deployment/web'))['resources'];
  for (const kind of ['Deployment', 'StatefulSet'] as const) {
    const step = await tight.planned(memory(kind === 'Deployment' ? 'web' : 'db', { factor: 16, max: '10Gi' }, kind));
    const told = await tight.dryRun(step);
    expect(told).toMatchObject({
      is: 'refused',
      reason: expect.stringContaining('maximum memory usage per Container is 1Gi, but limit is 2Gi'),
    });
    expect(await tight.dryRun(await tight.planned(memory(kind === 'Deployment' ? 'web' : 'db', { factor: 2, max: '10Gi' }, kind)))).toEqual(
      { is: 'fine' },
    );
  }
  expect(await image()).toMatchObject({ limits: { memory: '128Mi' } });

  await tight.rolledOut('deployment/web');
  const quota = { hard: { 'limits.memory': '200Mi' } };
  await tight.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota' }, spec: quota });
  await eventually(async () => JSON.stringify(await tight.get('resourcequota/quota')).includes('"used"'));
  const more = await tight.planned({
    action: 'scale_up',
    target: { kind: 'Deployment', name: 'web' },
    parameters: { by: 1, maxReplicas: 5 },
  });
  expect(await tight.dryRun(more)).toMatchObject({ is: 'refused', reason: expect.stringContaining('exceeded quota: quota') });
  // Where it is done all the same, because pods may not be tried, the state says it in the same words.
  expect(await tight.carryOut(more)).toMatchObject({ is: 'done' });
  expect(await stands(tight, more, 'unavailable')).toMatchObject({ detail: expect.stringContaining('exceeded quota: quota') });
  await tight.close();
});

it('tells an admission policy that says no from a right that is missing', async () => {
  await world.apply(workload('Deployment', 'judged', limits));
  const name = `deny-${world.namespace}`;
  const match = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] }] };
  const group = 'admissionregistration.k8s.io/v1';
  const policy = (reason: string) => ({
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: match,
      validations: [
        {
          expression: "!object.spec.template.spec.containers.exists(c, c.resources.limits['memory'] == '256Mi')",
          message: 'not on Fridays',
          reason,
        },
      ],
    },
  });
  const binding = {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': world.namespace } } },
    },
  };
  const step = await world.planned(memory('judged'));
  for (const reason of ['Forbidden', 'Invalid']) {
    await world.apply(policy(reason), binding);
    const told = await eventually(
      async () => {
        const answer = await world.dryRun(step);
        return answer.is === 'refused' && answer;
      },
      { withinMs: 30_000, everyMs: 100 },
    );
    expect(told.reason).toContain('not on Fridays');
    const carried = world.carryOut(step);
    await expect(carried).rejects.toMatchObject({
      name: 'PortError',
      fault: 'rejected',
      message: expect.stringContaining('not on Fridays'),
    });
  }
  await world.kubectl('delete', `validatingadmissionpolicybinding/${name}`, `validatingadmissionpolicy/${name}`);
});

const lacks = (words: string): object => ({ name: 'PortError', fault: 'forbidden', message: expect.stringContaining(words) });

it('says which right it lacks, also where it only looks whether repairs are allowed', async () => {
  await world.apply(workload('Deployment', 'owned', limits));
  const token = await cluster.serviceAccountToken(world.namespace, 'poor');
  const poor = world.anew(token);
  const step = await world.planned(memory('owned'));
  const of = { now: new Date(), signal: signal() };
  await expect(poor.plan({ ...restart('owned'), parameters: {} }, world.at(), of)).rejects.toMatchObject(lacks('deployments.apps'));
  await expect(poor.carryOut(step, world.at(), signal())).rejects.toMatchObject(lacks('cannot get resource'));
  await expect(poor.isEnabled(world.namespace, signal())).rejects.toMatchObject(lacks('awoooi.io/repair=enabled'));
  await world.kubectl('create', 'role', 'reader', '--verb=get,list', '--resource=deployments.apps,pods');
  await world.kubectl('create', 'rolebinding', 'reader', '--role=reader', `--serviceaccount=${world.namespace}:poor`);
  await eventually(() => poor.seen(step, world.at(), signal()), { withinMs: 20_000 });
  await expect(poor.dryRun(step, world.at(), signal())).rejects.toMatchObject(lacks('cannot patch resource'));
  await expect(poor.carryOut(step, world.at(), signal())).rejects.toMatchObject(lacks('cannot patch resource'));

  // With the right to patch and without that to try pods, it does what it may.
  await world.kubectl('create', 'role', 'writer', '--verb=patch', '--resource=deployments.apps');
  await world.kubectl('create', 'rolebinding', 'writer', '--role=writer', `--serviceaccount=${world.namespace}:poor`);
  await eventually(async () => (await poor.dryRun(step, world.at(), signal())).is === 'fine', { withinMs: 20_000 });
  expect(await poor.carryOut(step, world.at(), signal())).toMatchObject({ is: 'done' });
});

it('acts in a namespace only once it is labelled', async () => {
  const enabled = (): Promise<boolean> => world.repairs.isEnabled(world.namespace, signal());
  expect(await enabled()).toBe(false);
  await world.kubectl('label', 'namespace', world.namespace, 'awoooi.io/repair=disabled');
  expect(await enabled()).toBe(false);
  await world.kubectl('label', 'namespace', world.namespace, 'awoooi.io/repair=enabled', '--overwrite');
  expect(await enabled()).toBe(true);
  expect(await world.repairs.isEnabled('nowhere-at-all', signal())).toBe(false);
});

it('leaves to Argo CD, Flux and operators what is theirs, unless the playbook knows that it will be reverted', async () => {
  const argo = { 'argocd.argoproj.io/tracking-id': `shop:apps/Deployment:${world.namespace}/argo` };
  const flux = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
  await world.apply(
    workload('Deployment', 'argo', { ...limits, annotations: argo }),
    workload('Deployment', 'flux', { ...limits, labels: flux }),
    workload('Deployment', 'plain', limits),
  );
  const uid = JSON.stringify((await world.get('configmap/kube-root-ca.crt'))['metadata']).match(/"uid":"([^"]+)"/)?.[1];
  const owner = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt', uid, controller: true }];
  await world.kubectl('patch', 'deployment/plain', '--type=merge', '-p', JSON.stringify({ metadata: { ownerReferences: owner } }));
  const allowed = world.at({ gitOps: 'AllowRevert' });
  for (const [name, whose] of [
    ['argo', 'the Application shop of Argo CD'],
    ['flux', 'the Kustomization flux-system/apps of Flux'],
  ] as const) {
    expect(await world.plan(restart(name))).toMatchObject({ is: 'refused', reason: expect.stringContaining(whose) });
    const step = await world.planned(memory(name), allowed);
    expect(step.summary).toMatch(new RegExp(`from 128Mi to 256Mi[.] It belongs to ${whose}, which will revert this[.]$`));
    // Approved for what belonged to nobody, and not for what belongs to somebody by now.
    expect(await world.carryOut(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining(whose) });
    expect(await world.carryOut(step, allowed)).toMatchObject({ is: 'done' });
  }
  for (const place of [world.at(), allowed])
    expect(await world.plan(restart('plain'), place)).toMatchObject({
      is: 'refused',
      reason: expect.stringContaining('made by ConfigMap kube-root-ca.crt'),
    });
});

it('reads again where somebody writes in between, and gives way where that goes on', async () => {
  await world.apply(workload('Deployment', 'busy', limits));
  const step = await world.planned(memory('busy'));
  const inTheWay = (times: number): KubeClient => {
    let left = times;
    return {
      ...world.client,
      async request(asked) {
        if (asked.method === 'PATCH' && left > 0) {
          left -= 1;
          await world.kubectl('annotate', 'deployment/busy', `example.com/n=${left}`, '--overwrite');
        }
        return world.client.request(asked);
      },
    };
  };
  expect(await kubernetesRepairs(inTheWay(100)).carryOut(step, world.at(), signal())).toMatchObject({
    is: 'waiting',
    reason: expect.stringContaining('409 Conflict'),
  });
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('not-done');
  expect(await kubernetesRepairs(inTheWay(2)).carryOut(step, world.at(), signal())).toMatchObject({ is: 'done' });
  expect(containerOf(await world.get('deployment/busy'))['resources']).toEqual({ limits: { memory: '256Mi' } });
});

it('knows after a lost answer that it was done', async () => {
  await world.apply(workload('Deployment', 'lost', limits));
  const step = await world.planned(memory('lost'));
  const deaf: KubeClient = {
    ...world.client,
    async request(asked) {
      const answer = await world.client.request(asked);
      if (asked.method === 'PATCH') throw new KubeError('the answer was lost', { reason: 'Unreachable' });
      return answer;
    },
  };
  await expect(kubernetesRepairs(deaf).carryOut(step, world.at(), signal())).rejects.toMatchObject({
    name: 'PortError',
    fault: 'unreachable',
  });
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('done');
  expect(await world.carryOut(step)).toMatchObject({ is: 'done', detail: expect.stringContaining('already') });
  expect(containerOf(await world.get('deployment/lost'))['resources']).toEqual({ limits: { memory: '256Mi' } });
});

it('does nothing by a plan that it cannot read', async () => {
  const strange = { summary: 'x', plan: '{"does":"patch","object":{}}' };
  await expect(world.carryOut(strange)).rejects.toMatchObject({ name: 'PortError', fault: 'malformed' });
});
