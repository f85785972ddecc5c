import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import type { Part } from '../parts/part.ts';
import { postAlerts } from './alerts.ts';
import { CALM_LEASE, repairLane, type RepairLane } from './repair-lane.ts';
import type { RunView } from './repair-stage.ts';
import { raiseStage } from './stage.ts';

const INCIDENTS = 500;
const TARGETS = 20;
const MOST = 5;
const WITHIN = { withinMs: 150_000, everyMs: 2_000 };

let lane: RepairLane;
let operator: Part;
let runs: readonly RunView[];

const names = Array.from({ length: TARGETS }, (_, n) => `web-${n}`);
const hasBegun = ({ status }: RunView): boolean => status?.startedAt !== undefined;
/** It waits for a person, and for nothing else: nobody has let it begin. */
const waits = ({ status }: RunView): boolean => status?.phase === 'AwaitingApproval' && (status.approvals ?? []).length === 0;

beforeAll(async () => {
  const first = await raiseStage('repair-storm', { workloads: true });
  lane = await repairLane(first, 'storm');
  await Promise.all(names.map(name => lane.deploy(name, { replicas: 1 })));
  const steps = [{ action: 'restart_pod', target: { kind: 'Deployment', fromLabel: 'target' } }];
  const limits = { cooldown: '0s', maxPerHour: 60, maxConcurrent: 100 };
  const verify = { window: '1h', quiet: '10m' };
  await lane.write('storm', { match: { alertname: 'Storm' }, mode: 'Automatic', steps, limits, verify });
  await proven();
  operator = await lane.survivor({ ...CALM_LEASE, AWOOOI_REPAIR_BREAKER_RUNS: String(MOST) });
  await eventually(async () => (await lane.playbookNow('storm')).status?.trust === 'Trusted', WITHIN);
  const { namespace } = lane.stage;
  const alert = (n: number) => ({
    labels: { alertname: 'Storm', namespace, deployment: `of-${n}`, target: names[n % TARGETS] ?? '', severity: 'warning' },
    startsAt: new Date(),
  });
  await postAlerts(lane.alertmanager, ...Array.from({ length: INCIDENTS }, (_, n) => alert(n)));
  const settled = async () => {
    runs = await lane.runs();
    return runs.length >= INCIDENTS && runs.every(run => hasBegun(run) || waits(run));
  };
  await eventually(settled, WITHIN).catch((err: unknown) => {
    throw new Error(`${runs.length} runs, of which ${JSON.stringify(runs.find(run => !hasBegun(run) && !waits(run)))}`, { cause: err });
  });
}, 300_000);
afterAll(async () => {
  await operator?.stop();
  await lane?.stop();
});

/** Verified runs of before, all of which helped. */
async function proven(): Promise<void> {
  const playbook = await lane.version('storm');
  const verified = { anomalyClass: 'Storm/Deployment', playbook };
  const outcome = { anomalyKey: 'v1-0123456789abcdef', action: 'restart_pod', success: true, by: `${playbook.namespace}/before`, verified };
  const outcomes = Array.from({ length: 12 }, (_, n) => ({ ...outcome, id: `before-${n}` }));
  await lane.learning.record(outcomes, AbortSignal.timeout(10_000));
}

it('five hundred incidents at once have a run each', async () => {
  const incidents = await lane.reader.all({ alertname: 'Storm' });
  expect(incidents).toHaveLength(INCIDENTS);
  expect(runs).toHaveLength(INCIDENTS);
  expect(new Set(runs.map(({ spec }) => spec.incidentId))).toEqual(new Set(incidents.map(({ id }) => id)));
});

it('as many of them begin by themselves as the breaker lets through, each on another target', () => {
  const begun = runs.filter(hasBegun);
  expect(begun.map(({ status }) => status?.approvals)).toEqual(begun.map(() => [expect.objectContaining({ by: 'gate', via: 'gate' })]));
  expect(begun).toHaveLength(MOST);
  expect(new Set(begun.map(({ spec }) => spec.steps[0]?.target?.name)).size).toBe(MOST);
});

it('all others wait for a person, and say that the breaker holds', () => {
  const others = runs.filter(run => !hasBegun(run));
  expect(others.filter(({ status }) => !status?.gate?.includes('The breaker holds'))).toEqual([]);
});

it('no Deployment was rolled out but those of the runs that began, and each once', async () => {
  const rollouts = await Promise.all(names.map(name => lane.rollouts(name)));
  expect(rollouts.filter(times => times === 2)).toHaveLength(MOST);
  expect(rollouts.filter(times => times === 1)).toHaveLength(TARGETS - MOST);
});
