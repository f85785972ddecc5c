import { afterAll, beforeAll, expect, it } from 'vitest';
import { containerOf, type RepairWorld, readyPods, repairWorld, signal, stands, workload } from '../../../../test/builders/repair-world.ts';
import { sharedControlPlane } from '../../../../test/parts/shared-control-plane.ts';
import { annotation, nameOf, specOf } from '../../../domain/repair-actions/kube-fields.ts';
import { kubernetesRepairs } from './repairs.ts';

let world: RepairWorld;
beforeAll(async () => {
  world = await repairWorld(await sharedControlPlane({ workloads: true }), 'grow');
});
afterAll(() => world.close());

const scale = (name: string, parameters: object, kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' = 'Deployment') =>
  ({ action: 'scale_up', target: { kind, name }, parameters }) as const;
const memory = (name: string, parameters: object) =>
  ({ action: 'increase_memory', target: { kind: 'Deployment', name }, parameters }) as const;

async function replicas(what: string): Promise<unknown> {
  return specOf(await world.get(what))['replicas'];
}

it('scales up once, and takes that back only while nobody has scaled since', async () => {
  await world.apply(workload('Deployment', 'web', { replicas: 2 }));
  await world.rolledOut('deployment/web');
  const step = await world.planned(scale('web', { factor: 1.4, maxReplicas: 10 }));
  expect(step.summary).toBe('Scales Deployment web from 2 to 3 replicas.');
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  expect(await replicas('deployment/web')).toBe(2);
  expect(await world.carryOut(step)).toEqual({ is: 'done', detail: 'Deployment web was changed: spec.replicas is 3 now.' });
  await stands(world, step, 'available');
  expect(await world.anew().carryOut(step, world.at(), signal())).toMatchObject({ is: 'done' });
  expect(await replicas('deployment/web')).toBe(3);

  const more = world.at({ step: 1 });
  const next = await world.planned(scale('web', { by: 5, maxReplicas: 4 }), more);
  expect(next.summary).toBe('Scales Deployment web from 3 to 4 replicas, the maximum (8 were asked for).');
  await world.carryOut(next, more);
  // The newer patch stands where the older one wrote.
  expect(await world.undo(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining('is 4 and not 3') });
  expect(await world.undo(next, more)).toEqual({ is: 'done', detail: 'Deployment web was changed back: spec.replicas is 3 now.' });
  expect(await world.anew().undo(next, more, signal())).toMatchObject({ is: 'done', detail: expect.stringContaining('already') });
  expect(await world.repairs.seen(next, more, signal())).toBe('done');
  expect(await world.undo(step)).toMatchObject({ is: 'done' });
  expect(await replicas('deployment/web')).toBe(2);
  expect(annotation(await world.get('deployment/web'), 'deployment.kubernetes.io/revision')).toBe('1');
});

it('scales a StatefulSet, and nothing that cannot or must not be scaled', async () => {
  await world.apply(workload('StatefulSet', 'db'), workload('DaemonSet', 'agent'), workload('Deployment', 'off', { replicas: 0 }));
  await world.apply(workload('Deployment', 'auto'));
  await world.kubectl('autoscale', 'deployment/auto', '--name=auto-hpa', '--min=1', '--max=5', '--cpu-percent=80');
  const step = await world.planned(scale('db', { by: 1, maxReplicas: 3 }, 'StatefulSet'));
  await world.carryOut(step);
  expect(await stands(world, step, 'available')).toMatchObject({ detail: expect.stringContaining('all its 2 pods') });
  const [pod = {}] = await readyPods(world, 'db', 2);
  const refusals = [
    [scale('agent', { by: 1, maxReplicas: 3 }, 'DaemonSet'), 'one pod on each node'],
    [scale('off', { by: 1, maxReplicas: 3 }), 'scaled to 0, which somebody did on purpose'],
    [scale('auto', { by: 1, maxReplicas: 3 }), 'HorizontalPodAutoscaler auto-hpa owns the replicas'],
    [scale('db', { by: 1, maxReplicas: 2 }, 'StatefulSet'), 'has 2 replicas already'],
    [scale('db', { by: 1 }, 'StatefulSet'), 'parameters.maxReplicas'],
    [scale('db', { maxReplicas: 5 }, 'StatefulSet'), 'parameters.by or parameters.factor'],
    [
      {
        action: 'patch_deployment',
        target: { kind: 'Deployment', name: 'auto' },
        parameters: { patch: [{ op: 'replace', path: '/spec/replicas', value: 2 }] },
      },
      'auto-hpa owns',
    ],
    [{ action: 'patch_deployment', target: { kind: 'Pod', name: nameOf(pod) }, parameters: {} }, 'name the workload'],
  ] as const;
  for (const [asked, words] of refusals)
    expect(await world.plan(asked)).toMatchObject({ is: 'refused', reason: expect.stringContaining(words) });
});

it('does not write over what somebody has scaled, or an autoscaler has taken over, since', async () => {
  await world.apply(workload('Deployment', 'shared', { replicas: 1 }));
  const step = await world.planned(scale('shared', { by: 1, maxReplicas: 5 }));
  await world.kubectl('scale', 'deployment/shared', '--replicas=4');
  expect(await world.carryOut(step)).toMatchObject({ is: 'refused', reason: expect.stringMatching(/is 4 and no longer 1/) });
  expect(await world.dryRun(step)).toMatchObject({ is: 'refused', reason: expect.stringMatching(/is 4 and no longer 1/) });
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('unknown');
  await world.kubectl('scale', 'deployment/shared', '--replicas=1');
  await world.kubectl('autoscale', 'deployment/shared', '--name=late', '--min=1', '--max=5', '--cpu-percent=80');
  expect(await world.carryOut(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining('late owns') });
  expect(await replicas('deployment/shared')).toBe(1);
  await world.kubectl('delete', 'hpa/late');
  const dead = await world.planned(scale('shared', { by: 1, maxReplicas: 5 }));
  await world.carryOut(dead);
  await world.kubectl('autoscale', 'deployment/shared', '--name=later', '--min=1', '--max=5', '--cpu-percent=80');
  expect(await world.undo(dead)).toMatchObject({ is: 'refused', reason: expect.stringContaining('later owns') });
  await world.kubectl('delete', 'hpa/later');
  await world.kubectl('scale', 'deployment/shared', '--replicas=0');
  // Whatever it asks for, nothing runs.
  expect(await stands(world, dead, 'unavailable')).toMatchObject({ detail: expect.stringContaining('scaled to 0') });
});

it('raises the memory limit of one container, its request with it where they are equal, and takes it back', async () => {
  const resources = { limits: { memory: '128Mi', cpu: '500m' }, requests: { memory: '128Mi', cpu: '100m' } };
  const sidecar = { name: 'proxy', image: 'proxy:1', resources: { limits: { memory: '64Mi' } } };
  const web = { name: 'web', image: 'web:1', resources };
  const labels = { app: 'fat' };
  const template = { metadata: { labels }, spec: { containers: [sidecar, web] } };
  await world.apply(workload('Deployment', 'fat', { spec: { template } }));
  await world.rolledOut('deployment/fat');
  expect(await world.plan(memory('fat', { factor: 2, max: '1Gi' }))).toMatchObject({
    is: 'refused',
    reason: expect.stringContaining('proxy, web'),
  });
  const step = await world.planned(memory('fat', { factor: 2, max: '1Gi', container: 'web' }));
  expect(step.summary).toBe(
    'Raises the memory limit of container web of Deployment fat from 128Mi to 256Mi, and its request, which equals it.',
  );
  // Somebody puts another container in front: the name says which, not the number.
  const first = { name: 'first', image: 'first:1', resources: { limits: { memory: '32Mi' } } };
  await world.kubectl(
    'patch',
    'deployment/fat',
    '--type=json',
    '-p',
    JSON.stringify([{ op: 'add', path: '/spec/template/spec/containers/0', value: first }]),
  );
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  await stands(world, step, 'available');
  const text = async (): Promise<string> => JSON.stringify(specOf(await world.get('deployment/fat')));
  expect(await text()).toContain('{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"100m","memory":"256Mi"}}');
  expect(await text()).toContain('"limits":{"memory":"32Mi"}');
  const cpu = {
    action: 'increase_cpu',
    target: { kind: 'Deployment', name: 'fat' },
    parameters: { to: '0.75', container: 'web' },
  } as const;
  const second = world.at({ step: 1 });
  const more = await world.planned(cpu, second);
  await world.carryOut(more, second);
  expect(await text()).toContain('{"limits":{"cpu":"750m","memory":"256Mi"},"requests":{"cpu":"100m","memory":"256Mi"}}');
  expect(await world.undo(more, second)).toMatchObject({ is: 'done' });
  expect(await world.undo(step)).toMatchObject({ is: 'done' });
  expect(await text()).toContain('{"limits":{"cpu":"500m","memory":"128Mi"},"requests":{"cpu":"100m","memory":"128Mi"}}');
});

it('does not take a change back that somebody has changed again', async () => {
  await world.apply(workload('Deployment', 'moved', { resources: { limits: { memory: '128Mi' } } }));
  const step = await world.planned(memory('moved', { to: '0.25Gi' }));
  await world.carryOut(step);
  await world.kubectl('set', 'resources', 'deployment/moved', '--limits=memory=1Gi');
  expect(await world.undo(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining('is 1Gi and not 256Mi') });
  expect(containerOf(await world.get('deployment/moved'))['resources']).toEqual({ limits: { memory: '1Gi' } });
});

it('tries as a dry run what takes a change back, before it does', async () => {
  await world.apply(workload('Deployment', 'tried'));
  const step = await world.planned(scale('tried', { by: 1, maxReplicas: 3 }));
  await world.carryOut(step);
  const sent: string[] = [];
  const { client } = world;
  const overheard = kubernetesRepairs({
    request(request) {
      if (request.method === 'PATCH') sent.push(request.query?.['dryRun'] ?? 'in earnest');
      return client.request(request);
    },
    watch: request => client.watch(request),
    close: () => client.close(),
  });
  await expect.poll(() => overheard.undo(step, world.at(), signal())).toMatchObject({ is: 'done' });
  expect([sent[0], sent.at(-1)]).toEqual(['All', 'in earnest']);
  expect(await replicas('deployment/tried')).toBe(1);
});

it('adjusts the limit that is named, of a StatefulSet as well, once, and takes it back', async () => {
  const resources = { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '500m', memory: '128Mi' } };
  await world.apply(workload('StatefulSet', 'adjusted', { resources }));
  await world.rolledOut('statefulset/adjusted');
  const parameters = { resource: 'cpu', factor: 1.5, max: '2' } as const;
  const step = await world.planned({ action: 'adjust_limits', target: { kind: 'StatefulSet', name: 'adjusted' }, parameters });
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  const now = async (): Promise<unknown> => containerOf(await world.get('statefulset/adjusted'))['resources'];
  expect(await now()).toEqual(resources);
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  expect(await world.anew().carryOut(step, world.at(), signal())).toMatchObject({ is: 'done' });
  const grown = { limits: { cpu: '750m', memory: '1Gi' }, requests: { cpu: '750m', memory: '128Mi' } };
  expect(await now()).toEqual(grown);
  await stands(world, step, 'available');
  expect(await world.undo(step)).toMatchObject({ is: 'done' });
  expect(await now()).toEqual(resources);
});
