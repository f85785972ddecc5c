import { expect, it } from 'vitest';
import { RepairBench } from '../../../test/builders/repair-bench.ts';
import { BY_HAND, playbookOfRun, repairRun, RESTART } from '../../../test/builders/known-run.ts';
import type { RepairStep } from '../../crds/repairplaybook/step.ts';
import type { RepairRunSpec } from '../../crds/repairrun/spec.ts';

const LIMITS = { cooldown: '1h', maxPerHour: 9, maxConcurrent: 9 };
const PATIENT = { approvers: [], quorum: 1, expiresAfter: '3h' };

const restart = (kind: 'Deployment' | 'Pod', name: string): RepairStep => ({ ...RESTART, target: { kind, name } });
const evict = (name: string): RepairStep => ({ ...restart('Pod', name), action: 'delete_pod' });
const config = (configMap: string, kind: 'Deployment' | 'Pod', name: string): RepairStep => ({
  action: 'update_config',
  target: { kind, name },
  parameters: { configMap, patch: [{ op: 'replace', path: '/data/level', value: 'info' }] },
});

const ON_WEB = [restart('Deployment', 'web')];
const ON_POD = [restart('Pod', 'web-abc')];

/** Pods of Deployment web are called web-…, but for the one that tells nothing. */
function bench(): RepairBench {
  const made = new RepairBench();
  for (const pod of ['web-abc', 'web-def', 'web-ghi']) made.world.owners.set(`Pod/${pod}`, 'Deployment/web');
  return made;
}

/** A run of a playbook of its own, unless another is named, that a person has approved. */
async function approved(on: RepairBench, name: string, spec: Partial<RepairRunSpec>): Promise<void> {
  const playbookRef = { name: `book-${name}` };
  const run = repairRun({ metadata: { name, uid: `uid-${name}` }, spec: { playbookRef, limits: LIMITS, approval: PATIENT, ...spec } });
  on.put(playbookOfRun(run, { metadata: { name: run.spec.playbookRef.name } }), run);
  await on.settle(`shop/${name}`);
  on.approve('mei@example.com', `shop/${name}`);
}

/** Nobody can say whether it helped, and no run is under way for that any longer. */
const ends = ({ world }: RepairBench): void => void (world.testimony = { alert: 'gone', chain: 'alive', detail: '' });

it.each<[string, RepairStep[], RepairStep[]]>([
  ['a Deployment by the restart of its pod', ON_POD, ON_WEB],
  ['a Deployment by the eviction of its pod', [evict('web-abc')], ON_WEB],
  ['a pod by the restart of its Deployment', ON_WEB, ON_POD],
  ['a pod by the restart of another', ON_POD, [restart('Pod', 'web-def')]],
  ['a ConfigMap by what patches it for another workload', [config('log', 'Deployment', 'api')], [config('log', 'Deployment', 'web')]],
  ['a workload by a ConfigMap that is patched for its pod', [config('log', 'Pod', 'web-abc')], ON_WEB],
])('holds others back from %s, until the cool-down is over', async (_, first, second) => {
  const on = bench();
  await approved(on, 'first', { steps: first });
  await approved(on, 'second', { steps: second });
  await on.settle('shop/first');
  await on.settle('shop/second');
  expect([on.reason('shop/second'), on.world.done.length]).toEqual(['TargetBusy', 1]);
  ends(on);
  await on.toEnd('shop/first');
  await on.settle('shop/second');
  expect([on.reason('shop/second'), on.world.done.length]).toEqual(['CoolingDown', 1]);
  on.passes(3_600_000);
  await on.settle('shop/second');
  expect(on.world.done).toHaveLength(2);
});

it.each<[string, (on: RepairBench) => void]>([
  ['that has seen nothing of it itself', () => {}],
  ['whose cache is from before', on => void (on.world.cached = () => [])],
])('a new leader %s holds others back from the workload of a pod as well', async (_, given) => {
  const on = bench();
  await approved(on, 'first', { steps: ON_POD });
  await approved(on, 'second', { steps: ON_WEB });
  await on.settle('shop/first');
  given(on);
  on.restart();
  await on.settle('shop/second');
  expect(on.reason('shop/second')).toBe('TargetBusy');
  ends(on);
  await on.toEnd('shop/first');
  on.restart();
  await on.settle('shop/second');
  expect([on.reason('shop/second'), on.world.done.length]).toEqual(['CoolingDown', 1]);
});

it('lets one begin of two that are decided at the same time, before either is seen', async () => {
  const on = bench();
  await approved(on, 'first', { steps: ON_POD });
  await approved(on, 'second', { steps: [restart('Pod', 'web-def')] });
  on.world.cached = () => [];
  await Promise.all(['shop/first', 'shop/second'].map(key => on.settle(key)));
  expect(on.world.done).toHaveLength(1);
});

it('counts for the hour what was done by other pods of the same workload', async () => {
  const on = bench();
  const book = { playbookRef: { name: 'book' }, limits: { cooldown: '0s', maxPerHour: 2, maxConcurrent: 9 } };
  ends(on);
  for (const pod of ['web-abc', 'web-def', 'web-ghi']) {
    await approved(on, pod, { ...book, steps: [evict(pod)] });
    await on.settle(`shop/${pod}`);
    if (pod !== 'web-ghi') await on.toEnd(`shop/${pod}`);
  }
  expect([on.reason('shop/web-ghi'), on.world.done.length]).toEqual(['TooManyThisHour', 2]);
});

it('holds a later step back too, once it is known of which workload its pod is', async () => {
  const on = bench();
  const card = { ...BY_HAND, action: 'notify_team' as const };
  await approved(on, 'first', { steps: [card, ...ON_POD] });
  await approved(on, 'second', { steps: ON_WEB });
  await on.settle('shop/second');
  await on.settle('shop/first');
  expect([on.status('shop/first').phase, on.reason('shop/first'), on.world.done.length]).toEqual(['Running', 'TargetBusy', 1]);
  ends(on);
  await on.toEnd('shop/second');
  on.passes(3_600_000);
  // The cache shows the run as it was before its second step.
  const before = [...on.world.stored.values()];
  on.world.cached = () => before;
  await on.settle('shop/first');
  expect(on.world.done).toHaveLength(2);
  await approved(on, 'third', { steps: [restart('Pod', 'web-def')] });
  await on.settle('shop/third');
  expect(on.reason('shop/third')).toMatch(/TargetBusy|CoolingDown/);
});

it('goes by what is written where an older record names no workload', async () => {
  const on = bench();
  await approved(on, 'first', { steps: ON_WEB });
  await on.settle('shop/first');
  on.edit(run => {
    const steps = (run.status?.steps ?? []).map(({ intent, ...step }) => {
      const { workload: _, ...older } = intent ?? { time: '', summary: '', plan: '' };
      return { ...step, intent: older };
    });
    return { ...run, status: { ...run.status, steps } };
  }, 'shop/first');
  on.restart();
  await approved(on, 'second', { steps: ON_POD });
  await on.settle('shop/second');
  expect(on.reason('shop/second')).toBe('TargetBusy');
});
