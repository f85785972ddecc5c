import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { lasting, quiet } from '../../../test/builders/kube-frame.ts';
import { RepairPorts } from '../../../test/builders/repair-ports.ts';
import { approval, HASH, repairPlaybook, repairRun } from '../../../test/builders/known-run.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { ENDED_PHASES, RepairRunStatus, RUN_PHASES } from '../../crds/repairrun/status.ts';
import { storedRepairRun, type StoredRepairRun } from '../../crds/repairrun/stored.ts';
import type { KubeClient, KubeRequest } from '../../kube/client.ts';
import { isRecord } from '../../kube/object.ts';
import { objectStore } from '../../kube/store.ts';
import { controllerMetrics } from '../../telemetry/controller-metrics.ts';
import { metrics } from '../../telemetry/registry.ts';
import { repairMetrics } from '../../telemetry/repair-metrics.ts';
import { runController } from './controller.ts';

const now = (): Date => new Date();

/** The controller in its frame, over runs whose statuses are taken as they come, each with the next resourceVersion. */
function stage(...runs: readonly RepairRun[]) {
  const world = new RepairPorts();
  world.books.set('shop/restart-web', repairPlaybook());
  const cache = objectStore<StoredRepairRun>();
  const bodies: unknown[] = [];
  let version = 7;
  for (const run of runs) keep(run);

  function keep(run: RepairRun): void {
    const key = `${run.metadata.namespace}/${run.metadata.name}`;
    version += 1;
    const object = { ...run, metadata: { ...run.metadata, resourceVersion: String(version) } };
    world.stored.set(key, object);
    cache.put(key, { object, resourceVersion: String(version) });
  }

  async function request({ method, path, body }: KubeRequest): Promise<unknown> {
    const run = [...world.stored.values()].find(({ metadata }) => path.includes(`/repairruns/${metadata.name}`));
    if (!run) return { metadata: { resourceVersion: String(version) } };
    if (method !== 'GET' && isRecord(body)) {
      bodies.push(body['status']);
      keep({ ...run, status: RepairRunStatus.parse(body['status']) });
    }
    return world.stored.get(`${run.metadata.namespace}/${run.metadata.name}`);
  }

  const client: KubeClient = { request, async *watch() {}, close: async () => {} };
  const page = metrics({ process: false });
  const counted = repairMetrics(page, { phases: RUN_PHASES, ended: ENDED_PHASES });
  counted.readFrom(() => [...world.stored.values()].map(({ status }) => status?.phase ?? 'Running'));
  const events: string[] = [];
  const controller = runController({
    ports: world.ports,
    limits: { execution: true, automaticTier: 2, breakerRuns: 5 },
    metrics: counted,
    monotonic: () => performance.now(),
    frame: {
      client,
      cache,
      parse: storedRepairRun,
      events: { emit: (_, { reason }) => void events.push(reason) },
      fieldManager: 'awoooi-operator',
      metrics: controllerMetrics(page)('repairrun'),
      log: quiet,
      now,
      random: Math.random,
    },
  });
  const leadership = lasting();
  const ended = controller.start(new AbortController().signal, leadership);
  return {
    world,
    events,
    bodies,
    keep,
    status: (key = 'shop/restart-web-1') => world.stored.get(key)?.status,
    page: async () => text((await page.page()).pieces),
    stop: async () => {
      leadership.end('the test is over');
      await ended;
    },
  };
}

describe('in its frame', () => {
  it('goes from the approval to the call by itself: intent, effect and deed, each on the last one’s record', async () => {
    const { world, status, keep, events, bodies, page, stop } = stage(repairRun());
    await eventually(() => status()?.phase === 'AwaitingApproval' && world.incident.size === 1);
    const run = world.stored.get('shop/restart-web-1');
    if (run) keep({ ...run, status: { ...run.status, approvals: [approval({ time: new Date().toISOString() })] } });
    await eventually(() => status()?.phase === 'Verifying');
    expect(world.done).toHaveLength(1);
    const records = bodies.map(body => RepairRunStatus.parse(body).steps?.[0]).filter(step => step !== undefined);
    const stages = records.map(({ intent, effectTime, deed }) => [intent, effectTime, deed].filter(Boolean).length);
    expect([...new Set(stages)]).toEqual([1, 2, 3]);
    expect(events).toEqual(['AwaitingApproval', 'Running', 'Verifying']);
    expect(await page()).toMatch(/awoooi_repair_first_call_seconds_count 1\n/);
    expect(await page()).toMatch(/awoooi_repair_runs\{phase="Verifying"\} 1\n/);
    await stop();
  });

  it('counts how runs end', async () => {
    const { status, page, stop } = stage(repairRun({ spec: { dryRun: true } }));
    await eventually(() => status()?.phase === 'DryRun');
    expect(await page()).toMatch(/awoooi_repair_runs_total\{phase="DryRun"\} 1\n/);
    expect(await page()).toMatch(/awoooi_repair_runs_total\{phase="Failed"\} 0\n/);
    await stop();
  });

  it('does nothing of a spec that is not valid, and says what is wrong', async () => {
    const { world, status, stop } = stage(repairRun({ spec: { steps: [] } }));
    await eventually(() => status()?.conditions?.some(({ type }) => type === 'Stalled') === true);
    expect(status()?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ reason: 'InvalidSpec', status: 'False' });
    expect(world.done).toEqual([]);
    await stop();
  });

  it('does nothing more of a run that is being deleted', async () => {
    const intent = { time: new Date().toISOString(), summary: 'restart', plan: '{}' };
    const steps = [{ index: 0, action: 'restart_pod' as const, intent }];
    const deleted = { name: 'gone', uid: 'gone', deletionTimestamp: new Date().toISOString(), finalizers: ['x/y'] };
    const running = { phase: 'Running' as const, startedAt: intent.time, steps };
    const { world, status, stop } = stage(repairRun({ metadata: deleted, status: running }), repairRun({ spec: { playbookHash: HASH } }));
    await eventually(() => status()?.phase === 'AwaitingApproval');
    expect(world.done).toEqual([]);
    await stop();
  });
});
