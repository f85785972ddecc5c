import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RepairWorld, readyPods, repairWorld, signal, stands, uidOf, workload } from '../../../../test/builders/repair-world.ts';
import { sharedControlPlane } from '../../../../test/parts/shared-control-plane.ts';
import { nameOf } from '../../../domain/repair-actions/kube-fields.ts';

let world: RepairWorld;
beforeAll(async () => {
  world = await repairWorld(await sharedControlPlane({ workloads: true }), 'evict');
});
afterAll(() => world.close());

const evict = (name: string) => ({ action: 'delete_pod', target: { kind: 'Pod', name } }) as const;

const pod = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
});
const budget = (name: string, minAvailable: number) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { minAvailable, selector: { matchLabels: { app: name } } },
});

async function firstPod(name: string, count: number): Promise<string> {
  return nameOf((await readyPods(world, name, count))[0] ?? {});
}

it('evicts a pod once, and sees its workload through', async () => {
  await world.apply(workload('Deployment', 'web', { replicas: 2 }));
  await world.rolledOut('deployment/web');
  const name = await firstPod('web', 2);
  const step = await world.planned(evict(name));
  expect(step.summary).toMatch(new RegExp(`^Evicts Pod ${name}, .*ReplicaSet web-[a-z0-9]+ makes another in its place[.]$`));
  expect(step.workload).toBe('Deployment/web');
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('not-done');
  expect(await world.state(step)).toMatchObject({ is: 'progressing', detail: expect.stringContaining('not been evicted') });
  expect(await world.carryOut(step)).toMatchObject({ is: 'done', detail: expect.stringContaining('was evicted') });
  expect(await world.anew().seen(step, world.at(), signal())).toBe('done');
  expect(await world.anew().carryOut(step, world.at(), signal())).toMatchObject({ is: 'done', detail: expect.stringContaining('already') });
  expect(await stands(world, step, 'available')).toMatchObject({ detail: expect.stringContaining('Deployment web is rolled out') });
  const left = (await readyPods(world, 'web', 2)).map(nameOf);
  expect(left).not.toContain(name);
  expect(await world.undo(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining('cannot be taken back') });
});

it('leaves a namesake of the pod alone: a StatefulSet makes its pods anew under the same name', async () => {
  await world.apply(workload('StatefulSet', 'db'));
  await world.rolledOut('statefulset/db');
  const step = await world.planned(evict('db-0'));
  expect(step.workload).toBe('StatefulSet/db');
  // Not waited for by kubectl: the next pod of that name is there at once.
  await world.kubectl('delete', 'pod/db-0', '--wait=false');
  const [another = {}] = await readyPods(world, 'db', 1);
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  expect(uidOf((await readyPods(world, 'db', 1))[0] ?? {})).toBe(uidOf(another));
  expect(await stands(world, step, 'available')).toMatchObject({ detail: expect.stringContaining('StatefulSet db') });
});

it('waits while a PodDisruptionBudget does not allow it, and evicts once it does', async () => {
  await world.apply(workload('Deployment', 'guarded', { replicas: 1 }), budget('guarded', 1));
  await world.rolledOut('deployment/guarded');
  const name = await firstPod('guarded', 1);
  const step = await world.planned(evict(name));
  // Its turn may come: only carrying it out waits.
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  const told = await world.carryOut(step);
  expect(told).toMatchObject({ is: 'waiting', reason: expect.stringContaining("would violate the pod's disruption budget") });
  expect(told.is === 'waiting' && told.retryAfterMs).toBeGreaterThan(0);
  expect(await firstPod('guarded', 1)).toBe(name);
  await world.kubectl('scale', 'deployment/guarded', '--replicas=2');
  await world.rolledOut('deployment/guarded');
  await expect.poll(() => world.carryOut(step), { timeout: 20_000 }).toMatchObject({ is: 'done' });
  await stands(world, step, 'available');
});

it('refuses a pod that nothing would bring back', async () => {
  const node = await world.kubectl('get', 'node', 'node-1', '-o', 'jsonpath={.metadata.uid}');
  const mirror = { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: node, controller: true };
  await world.apply(pod('bare'), pod('static', { ownerReferences: [mirror] }), workload('Deployment', 'whole'));
  const refusals = [
    [evict('bare'), 'nothing would bring it back'],
    [evict('static'), 'static pod of node node-1'],
    [evict('nowhere'), 'there is no Pod nowhere'],
    [{ action: 'delete_pod', target: { kind: 'Deployment', name: 'whole' } }, 'takes one Pod'],
  ] as const;
  for (const [asked, words] of refusals)
    expect(await world.plan(asked)).toMatchObject({ is: 'refused', reason: expect.stringContaining(words) });

  await world.rolledOut('deployment/whole');
  const name = await firstPod('whole', 1);
  const step = await world.planned(evict(name));
  // Taken out of its ReplicaSet by a person who wants to look at it.
  await world.kubectl('label', `pod/${name}`, 'app=looked-at', '--overwrite');
  await expect.poll(async () => JSON.stringify(await world.get(`pod/${name}`)), { timeout: 20_000 }).not.toContain('ownerReferences');
  expect(await world.carryOut(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining('nothing would bring it back') });
  expect(uidOf(await world.get(`pod/${name}`))).not.toBe('');
});

it('names the finalizer that holds a pod', async () => {
  await world.apply(workload('Deployment', 'held'));
  await world.rolledOut('deployment/held');
  const name = await firstPod('held', 1);
  await world.kubectl('patch', `pod/${name}`, '--type=merge', '-p', '{"metadata":{"finalizers":["example.com/never"]}}');
  const step = await world.planned(evict(name));
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  const state = await stands(world, step, 'unavailable');
  expect(state.detail).toContain(`Pod ${name} is being deleted and held by its finalizers example.com/never`);
  expect(await world.plan(evict(name))).toMatchObject({ is: 'refused', reason: expect.stringContaining('example.com/never') });
  await world.kubectl('patch', `pod/${name}`, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  await stands(world, step, 'available');
});

it('sees through pods of a controller that Kubernetes itself does not know', async () => {
  const uid = uidOf(await world.get('configmap/kube-root-ca.crt'));
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt', uid, controller: true }];
  const own = { ownerReferences, labels: { app: 'custom' } };
  await world.apply(pod('custom-1', own));
  await readyPods(world, 'custom', 1);
  const step = await world.planned(evict('custom-1'));
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  expect(await stands(world, step, 'progressing')).toBeDefined();
  await world.apply(pod('custom-2', own));
  expect(await stands(world, step, 'available')).toMatchObject({ detail: 'All 1 pods of ConfigMap kube-root-ca.crt are ready.' });
});
