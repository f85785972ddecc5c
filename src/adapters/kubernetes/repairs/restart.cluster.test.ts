import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  containerOf,
  type RepairWorld,
  readyPods,
  repairWorld,
  signal,
  stands,
  TOO_MUCH,
  workload,
} from '../../../../test/builders/repair-world.ts';
import { sharedControlPlane } from '../../../../test/parts/shared-control-plane.ts';
import type { PlannedStep } from '../../../domain/ports/repairs.ts';
import { annotation, controllerOf, nameOf } from '../../../domain/repair-actions/kube-fields.ts';

let world: RepairWorld;
beforeAll(async () => {
  world = await repairWorld(await sharedControlPlane({ workloads: true }), 'restart');
});
afterAll(() => world.close());

const restart = (kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Pod', name: string) =>
  ({ action: 'restart_pod', target: { kind, name } }) as const;

async function names(name: string, count = 2): Promise<string[]> {
  return (await readyPods(world, name, count)).map(pod => nameOf(pod));
}

it('restarts a Deployment by its pod once, however often and by whomever it is asked', async () => {
  await world.apply(workload('Deployment', 'web', { replicas: 2 }));
  await world.rolledOut('deployment/web');
  const before = await names('web');
  const now = new Date('2026-01-02T03:04:05.678Z');
  const step = await world.planned(restart('Pod', before[0] ?? ''), world.at(), now);
  expect(step.summary).toBe(`Restarts all pods of Deployment web, as kubectl rollout restart does (by its Pod ${before[0]}).`);
  expect(step.workload).toBe('Deployment/web');
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('not-done');
  expect(await world.dryRun(step)).toEqual({ is: 'fine' });
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('not-done');

  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  expect(await stands(world, step, 'available')).toEqual({
    is: 'available',
    detail: 'Deployment web is rolled out: all its 2 pods are available.',
  });
  // An operator that died before it could write down that it is done.
  expect(await world.anew().seen(step, world.at(), signal())).toBe('done');
  for (let times = 0; times < 3; times += 1)
    expect(await world.anew().carryOut(step, world.at(), signal())).toEqual({
      is: 'done',
      detail: 'This step has changed it already: Deployment web.',
    });
  const sets = await world.list('replicasets');
  expect(sets).toHaveLength(2);
  const web = await world.get('deployment/web');
  expect(annotation(web, 'deployment.kubernetes.io/revision')).toBe('2');
  expect(annotation(web, 'awoooi.io/repair-step')).toBe('run-1/0');
  expect(JSON.stringify(web['spec'])).toContain('"kubectl.kubernetes.io/restartedAt":"2026-01-02T03:04:05.678Z"');
  expect((await names('web')).filter(name => before.includes(name))).toEqual([]);
  expect(await world.undo(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining('cannot be taken back') });
});

it.each(['StatefulSet', 'DaemonSet'] as const)('restarts a %s, by itself and by its pod', async kind => {
  const name = kind.toLowerCase();
  await world.apply(workload(kind, name));
  await world.rolledOut(`${kind}/${name}`);
  const uids = async (): Promise<string[]> =>
    (await readyPods(world, name, 1)).map(
      pod =>
        JSON.stringify(pod['metadata'])
          .match(/"uid":"[^"]+"/g)
          ?.at(-1) ?? '',
    );
  const [first] = await uids();
  const step = await world.planned(restart(kind, name));
  expect(step.workload).toBe(`${kind}/${name}`);
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  await stands(world, step, 'available');
  const [second] = await uids();
  expect(second).not.toBe(first);
  const [pod = {}] = await readyPods(world, name, 1);
  const again = await world.planned(restart('Pod', nameOf(pod)), world.at({ run: 'run-2' }));
  expect(await world.carryOut(again, world.at({ run: 'run-2' }))).toMatchObject({ is: 'done' });
  await stands(world, again, 'available');
  expect((await uids())[0]).not.toBe(second);
  expect(controllerOf(pod)?.kind).toBe(kind);
});

it('refuses what would not restart, and says what to do', async () => {
  const onDelete = { updateStrategy: { type: 'OnDelete' } };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare' }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
  const template = {
    metadata: { labels: { app: 'once' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: 'web:1' }] },
  };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { template } };
  const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
  await world.apply(
    workload('Deployment', 'paused', { spec: { paused: true } }),
    workload('StatefulSet', 'by-hand', { spec: onDelete }),
    workload('DaemonSet', 'by-hand', { spec: onDelete }),
    workload('StatefulSet', 'parted', { spec: partition }),
    pod,
    job,
  );
  const ofJob = async (): Promise<string> =>
    (await world.kubectl('get', 'pods', '-l', 'job-name=once', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
  await expect.poll(ofJob, { timeout: 20_000 }).not.toBe('');
  const refusals = [
    [restart('Deployment', 'paused'), 'kubectl rollout resume deployment/paused'],
    [restart('StatefulSet', 'by-hand'), 'OnDelete'],
    [restart('DaemonSet', 'by-hand'), 'OnDelete'],
    [restart('StatefulSet', 'parted'), 'partition'],
    [restart('Pod', 'bare'), 'has no controller'],
    [restart('Pod', await ofJob()), 'Job once'],
    [restart('Deployment', 'nowhere'), 'there is no Deployment nowhere'],
    [restart('Pod', 'nowhere'), 'there is no Pod nowhere'],
    [{ action: 'restart_pod' }, 'target.kind'],
    [{ action: 'restart_container', target: { kind: 'Pod', name: 'bare' } }, 'restart_pod'],
  ] as const;
  for (const [step, words] of refusals)
    expect(await world.plan(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining(words) });
  await expect(world.plan({ action: 'notify_team' })).rejects.toThrow('notify_team');
});

it('does not restart what somebody has paused, restarted, deleted or made anew since', async () => {
  await world.apply(workload('Deployment', 'meant'));
  const planned = (): Promise<PlannedStep> => world.planned(restart('Deployment', 'meant'));
  const reason = async (step: PlannedStep): Promise<string> => {
    const told = await world.carryOut(step);
    return told.is === 'refused' ? told.reason : told.is;
  };
  let step = await planned();
  await world.kubectl('rollout', 'pause', 'deployment/meant');
  expect(await reason(step)).toContain('kubectl rollout resume deployment/meant');
  expect(await world.state(step)).toMatchObject({ is: 'paused' });
  await world.kubectl('rollout', 'resume', 'deployment/meant');

  step = await planned();
  await world.kubectl('rollout', 'restart', 'deployment/meant');
  expect(await reason(step)).toMatch(/restartedAt of Deployment meant is 20.* no longer nothing/);
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('unknown');

  step = await planned();
  await world.kubectl('delete', 'deployment/meant');
  expect(await reason(step)).toContain('was deleted since');
  expect(await world.state(step)).toMatchObject({ is: 'gone' });
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('unknown');
  await world.apply(workload('Deployment', 'meant'));
  expect(await reason(step)).toContain('made anew');
  expect(await world.state(step)).toMatchObject({ is: 'gone' });
  expect(await world.repairs.seen(step, world.at(), signal())).toBe('unknown');
});

it('tells why a restart does not come to its end', async () => {
  await world.apply(workload('Deployment', 'stuck', { resources: TOO_MUCH, spec: { progressDeadlineSeconds: 2, minReadySeconds: 0 } }));
  const step = await world.planned(restart('Deployment', 'stuck'));
  expect(await world.carryOut(step)).toMatchObject({ is: 'done' });
  const state = await stands(world, step, 'unavailable');
  expect(state.detail).toMatch(/Deployment stuck: .*Pod stuck-.* cannot be scheduled: .*Insufficient cpu/);
  expect(containerOf(await world.get('deployment/stuck'))['image']).toBe('web:1');
});

it('waits for a finalizer of nobody: a workload that is being deleted is left alone', async () => {
  await world.apply(workload('Deployment', 'held', { finalizers: ['example.com/never'] }));
  const step = await world.planned(restart('Deployment', 'held'));
  await world.kubectl('delete', 'deployment/held', '--wait=false');
  expect(await world.carryOut(step)).toMatchObject({ is: 'refused', reason: expect.stringContaining('example.com/never') });
  expect(await world.plan(restart('Deployment', 'held'))).toMatchObject({
    is: 'refused',
    reason: expect.stringContaining('being deleted'),
  });
  expect(await world.state(step)).toMatchObject({ is: 'gone', detail: expect.stringContaining('example.com/never') });
  await world.kubectl('patch', 'deployment/held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
});
