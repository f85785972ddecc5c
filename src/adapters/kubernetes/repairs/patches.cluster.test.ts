import { afterAll, beforeAll, expect, it } from 'vitest';
import { containerOf, type RepairWorld, repairWorld, signal, stands, TOO_MUCH, workload } from '../../../../test/builders/repair-world.ts';
import { sharedControlPlane } from '../../../../test/parts/shared-control-plane.ts';
import { specOf } from '../../../domain/repair-actions/kube-fields.ts';

let world: RepairWorld;
beforeAll(async () => {
  world = await repairWorld(await sharedControlPlane({ workloads: true }), 'patches');
});
afterAll(() => world.close());

const WEB = '/spec/template/spec/containers/0';
const hotfix = (name: string, patch: object[]) =>
  ({ action: 'apply_hotfix', target: { kind: 'Deployment', name }, parameters: { patch } }) as const;
const config = (configMap: string, patch: object[]) => ({ action: 'update_config', parameters: { configMap, patch } }) as const;
const rollback = (name: string) => ({ action: 'rollback', target: { kind: 'Deployment', name } }) as const;

const configMap = (name: string, data: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
  ...more,
});

const SECRET = 'correct-horse-battery';

it('patches image, env and args as the playbook says, keeps what was there to itself, and takes all of it back', async () => {
  const env = [
    { name: 'PASSWORD', value: SECRET },
    { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'EMPTY', value: '' },
  ];
  await world.apply(workload('Deployment', 'web', { container: { env, args: ['--slow'] } }));
  await world.rolledOut('deployment/web');
  const before = containerOf(await world.get('deployment/web'));
  const step = await world.planned(
    hotfix('web', [
      { op: 'test', path: `${WEB}/name`, value: 'web' },
      { op: 'replace', path: `${WEB}/image`, value: 'web:2' },
      { op: 'add', path: `${WEB}/env/-`, value: { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } } },
      { op: 'add', path: `${WEB}/env/-`, value: { name: 'FLAG', value: '' } },
      { op: 'remove', path: `${WEB}/args` },
      { op: 'add', path: `${WEB}/resources/limits`, value: { memory: '0.5Gi' } },
    ]),
  );
  expect(step.summary).toBe(
    'Patches Deployment web: image of container web from web:1 to web:2; env of container web; args of container web; resources of container web from {} to {"limits":{"memory":"512Mi"}}.',
  );
  expect(`${step.summary}${step.plan}`).not.toContain(SECRET);
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  const told = await world.carryOut(step);
  expect(told).toMatchObject({ is: 'done' });
  expect(JSON.stringify(told)).not.toContain(SECRET);
  await stands(world, step, 'available');
  expect(containerOf(await world.get('deployment/web'))).toMatchObject({
    image: 'web:2',
    resources: { limits: { memory: '512Mi' } },
    env: [{ name: 'PASSWORD', value: SECRET }, { name: 'NODE' }, { name: 'EMPTY' }, { name: 'POD' }, { name: 'FLAG' }],
  });
  // The second step of the run must not cost the first its way back.
  const next = world.at({ step: 1 });
  const second = await world.planned(hotfix('web', [{ op: 'replace', path: `${WEB}/env/0/value`, value: 'another' }]), next);
  expect(await world.carryOut(second, next)).toMatchObject({ is: 'done' });
  expect(await world.undo(step)).toMatchObject({
    is: 'refused',
    reason: expect.stringMatching(/env of container web .*somebody has changed it/),
  });
  expect(await world.undo(second, next)).toMatchObject({ is: 'done' });
  expect(await world.undo(step)).toMatchObject({ is: 'done' });
  expect(containerOf(await world.get('deployment/web'))).toEqual(before);
});

it('patches the data of a ConfigMap once, and neither an immutable one nor one that has changed since', async () => {
  await world.apply(configMap('settings', { 'app.yaml': 'level: 1', other: 'x' }), configMap('stone', { a: 'b' }, { immutable: true }));
  await world.apply(workload('Deployment', 'reader'));
  const patch = [{ op: 'replace', path: '/data/app.yaml', value: 'level: 2' }];
  const step = await world.planned({ ...config('settings', patch), target: { kind: 'Deployment', name: 'reader' } });
  expect(step.summary).toBe('Patches ConfigMap settings: data.app.yaml.');
  expect(step.workload).toBe('Deployment/reader');
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  expect(await stands(world, step, 'available')).toMatchObject({ detail: expect.stringContaining('Deployment reader') });
  expect(await world.anew().carryOut(step, world.at(), signal())).toMatchObject({ detail: expect.stringContaining('already') });
  const data = async (): Promise<unknown> => (await world.get('configmap/settings'))['data'];
  expect(await data()).toEqual({ 'app.yaml': 'level: 2', other: 'x' });
  expect(await world.undo(step)).toMatchObject({ is: 'done' });
  expect(await data()).toEqual({ 'app.yaml': 'level: 1', other: 'x' });

  const late = world.at({ step: 1 });
  const alone = await world.planned(config('settings', patch), late);
  expect(alone.workload).toBe('ConfigMap/settings');
  await world.kubectl('patch', 'configmap/settings', '--type=merge', '-p', `{"data":{"app.yaml":"${SECRET}"}}`);
  const told = await world.carryOut(alone, late);
  expect(told).toMatchObject({ is: 'refused', reason: expect.stringContaining('data.app.yaml of ConfigMap settings is another value') });
  expect(JSON.stringify(told)).not.toContain(SECRET);
  expect(await world.state(alone)).toMatchObject({ is: 'available' });
  const refusals = [
    [config('stone', [{ op: 'replace', path: '/data/a', value: 'c' }]), 'immutable'],
    [config('settings', [{ op: 'test', path: '/data/other', value: 'y' }, ...patch]), 'test /data/other cannot be done'],
    [config('settings', [{ op: 'add', path: '/metadata/labels/a', value: 'c' }]), '/metadata/labels/a'],
    [config('settings', [{ op: 'replace', path: '/data/other', value: 'x' }]), 'nothing to change'],
    [config('nowhere', patch), 'there is no ConfigMap nowhere'],
    [{ ...hotfix('reader', patch), parameters: { patch, configMap: 'settings' } }, 'update_config alone'],
  ] as const;
  for (const [asked, words] of refusals)
    expect(await world.plan(asked)).toMatchObject({ is: 'refused', reason: expect.stringContaining(words) });
});

it('rolls a Deployment back to the program of before, over restarts, once; and forth again', async () => {
  await world.apply(workload('Deployment', 'back'));
  await world.rolledOut('deployment/back');
  expect(await world.plan(rollback('back'))).toMatchObject({ is: 'refused', reason: expect.stringContaining('nothing to roll back to') });
  await world.kubectl('set', 'image', 'deployment/back', 'web=web:2');
  await world.rolledOut('deployment/back');
  await world.kubectl('rollout', 'restart', 'deployment/back');
  await world.rolledOut('deployment/back');
  const image = async (): Promise<unknown> => containerOf(await world.get('deployment/back'))['image'];
  const before = specOf(await world.get('deployment/back'));
  const step = await world.planned(rollback('back'));
  expect(step.summary).toMatch(/^Rolls Deployment back back to the pod template of revision 1 \(ReplicaSet back-[a-z0-9]+\)[.]$/);
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  await stands(world, step, 'available');
  expect(await image()).toBe('web:1');
  expect(await world.anew().carryOut(step, world.at(), signal())).toMatchObject({ is: 'done', detail: expect.stringContaining('already') });
  const sets = (await world.list('replicasets')).filter(set => JSON.stringify(set['metadata']).includes('"name":"back"'));
  expect(sets).toHaveLength(3);
  expect(JSON.stringify(specOf(await world.get('deployment/back'))['template'])).not.toContain('pod-template-hash');
  expect(await world.undo(step)).toMatchObject({ is: 'done' });
  expect(specOf(await world.get('deployment/back'))).toEqual(before);
  await stands(world, step, 'available');
});

it('rolls back out of a rollout that does not come to its end', async () => {
  await world.apply(workload('Deployment', 'failing', { spec: { progressDeadlineSeconds: 600 } }));
  await world.rolledOut('deployment/failing');
  await world.apply(workload('Deployment', 'failing', { image: 'web:never', resources: TOO_MUCH, spec: { progressDeadlineSeconds: 600 } }));
  const step = await world.planned(rollback('failing'));
  const state = await stands(world, step, 'unavailable');
  expect(state.detail).toContain('cannot be scheduled');
  await world.carryOut(step);
  await stands(world, step, 'available');
  expect(containerOf(await world.get('deployment/failing'))['image']).toBe('web:1');
  const set = { action: 'rollback', target: { kind: 'StatefulSet', name: 'db' } } as const;
  await world.apply(workload('StatefulSet', 'db'));
  expect(await world.plan(set)).toMatchObject({ is: 'refused', reason: expect.stringContaining('kubectl rollout undo statefulset/db') });
});

it('does not roll back where the template has changed since, or the revision to go back to is gone', async () => {
  await world.apply(workload('Deployment', 'late'));
  await world.rolledOut('deployment/late');
  await world.kubectl('set', 'image', 'deployment/late', 'web=web:2');
  await world.rolledOut('deployment/late');
  const step = await world.planned(rollback('late'));
  await world.kubectl('set', 'image', 'deployment/late', 'web=web:3');
  expect(await world.carryOut(step)).toMatchObject({
    is: 'refused',
    reason: expect.stringContaining('template of Deployment late is another value'),
  });
  await world.rolledOut('deployment/late');
  const next = await world.planned(rollback('late'));
  const old = /ReplicaSet ([a-z0-9-]+)/.exec(next.summary)?.[1] ?? '';
  await world.kubectl('delete', `replicaset/${old}`);
  expect(await world.carryOut(next)).toMatchObject({ is: 'refused', reason: expect.stringContaining(`ReplicaSet ${old}, which holds`) });
});

it('patches by patch_deployment a Deployment as the playbook says, once, and takes it back', async () => {
  await world.apply(workload('Deployment', 'patched', { container: { args: ['--slow'] } }));
  await world.rolledOut('deployment/patched');
  const asked = { action: 'patch_deployment', parameters: { patch: [{ op: 'replace', path: `${WEB}/args/0`, value: '--fast' }] } } as const;
  const step = await world.planned({ ...asked, target: { kind: 'Deployment', name: 'patched' } });
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  const args = async (): Promise<unknown> => containerOf(await world.get('deployment/patched'))['args'];
  expect(await args()).toEqual(['--slow']);
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  expect(await args()).toEqual(['--fast']);
  expect(await world.anew().carryOut(step, world.at(), signal())).toMatchObject({ is: 'done', detail: expect.stringContaining('already') });
  await stands(world, step, 'available');
  expect(await world.undo(step)).toMatchObject({ is: 'done' });
  expect(await args()).toEqual(['--slow']);
});
