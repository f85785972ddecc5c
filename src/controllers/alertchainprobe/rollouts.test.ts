import { expect, it } from 'vitest';
import { ProbeBench } from '../../../test/builders/probe-bench.ts';
import { PortError } from '../../domain/ports/port-error.ts';

it('runs once after a rollout, and not for one it merely meets', async () => {
  const bench = new ProbeBench({ spec: { afterRollout: [{ kind: 'Deployment', name: 'api' }] } });
  bench.rollout = async () => '1';
  await bench.settle();
  await bench.settle();
  expect(bench.runs).toBe(1);
  bench.rollout = async () => '2';
  await bench.settle();
  expect(bench.probe.status?.lastRun).toMatchObject({ id: 'run-2', trigger: 'Rollout' });
  await bench.settle();
  expect(bench.runs).toBe(2);
});

it('runs once after a rollout that was under way, or whose workload was not there, when it first looked, and not when what completed is scaled', async () => {
  const bench = new ProbeBench({ spec: { afterRollout: [{ kind: 'Deployment', name: 'api' }] } });
  bench.rollout = async () => undefined;
  await bench.settle();
  await bench.settle();
  expect(bench.runs).toBe(1);
  for (const token of ['1', undefined, '1']) {
    bench.rollout = async () => token;
    await bench.settle();
    await bench.settle();
  }
  expect(bench.probe.status?.history?.map(({ trigger }) => trigger)).toEqual(['Rollout', 'Schedule']);
});

const unreadable = async (): Promise<never> => Promise.reject(new PortError('forbidden', 'deployments is forbidden'));

it.each([
  ['first', undefined, '1'],
  ['later', '1', '1'],
])('takes one that it could not read at the %s look for one that it meets, not for a rollout', async (_, before, token) => {
  const bench = new ProbeBench({ spec: { afterRollout: [{ kind: 'Deployment', name: 'api' }] } });
  if (before !== undefined) {
    bench.rollout = async () => before;
    await bench.settle();
  }
  for (const rollout of [unreadable, async () => token]) {
    bench.rollout = rollout;
    await bench.settle();
    await bench.settle();
  }
  expect(bench.runs).toBe(1);
  bench.rollout = async () => '2';
  await bench.settle();
  expect(bench.probe.status?.lastRun).toMatchObject({ id: 'run-2', trigger: 'Rollout' });
});

it('keeps to its schedule when a rollout cannot be read, and says so', async () => {
  const bench = new ProbeBench({ spec: { afterRollout: [{ kind: 'Deployment', name: 'api' }] } });
  bench.rollout = unreadable;
  await bench.settle();
  expect(bench.condition('Ready')).toBe('True/AllHopsPassed');
  expect(bench.events.map(event => event.reason)).toContain('RolloutUnreadable');
});
