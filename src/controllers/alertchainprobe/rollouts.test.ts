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

it.each([
  ['was under way, or whose workload was not there,', async () => undefined],
  ['could not be read', async () => Promise.reject(new PortError('forbidden', 'deployments is forbidden'))],
])('runs once after a rollout that %s when it first looked, and not when what completed is scaled', async (_, before) => {
  const bench = new ProbeBench({ spec: { afterRollout: [{ kind: 'Deployment', name: 'api' }] } });
  bench.rollout = before;
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

it('keeps to its schedule when a rollout cannot be read, and says so', async () => {
  const bench = new ProbeBench({ spec: { afterRollout: [{ kind: 'Deployment', name: 'api' }] } });
  bench.rollout = async () => Promise.reject(new PortError('forbidden', 'deployments is forbidden'));
  await bench.settle();
  expect(bench.condition('Ready')).toBe('True/AllHopsPassed');
  expect(bench.events.map(event => event.reason)).toContain('RolloutUnreadable');
});
