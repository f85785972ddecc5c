import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Part } from '../parts/part.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { raiseRepairStage, type RepairStage, type RunView } from './repair-stage.ts';

let prometheus: Part;
let repair: RepairStage;

beforeAll(async () => {
  const rule = { alert: 'seldom', expr: 'vector(1) > 2', for: '1h' };
  prometheus = await startPrometheus({ rules: JSON.stringify({ groups: [{ name: 'g', interval: '1m', rules: [rule] }] }) });
  repair = await raiseRepairStage('timing', { AWOOOI_PROMETHEUS_URL: prometheus.url });
  await repair.watchdog();
});
afterAll(async () => {
  await repair?.stop();
  await prometheus?.stop();
});

const waits = ({ status }: RunView): boolean => status?.phase === 'AwaitingApproval';
const wentOn = ({ status }: RunView): boolean => status?.phase === 'Verifying';
const ready = ({ status }: RunView) => status?.conditions?.find(({ type }) => type === 'Ready');

/** Does what helps, by a playbook that asks for two seconds of quiet; playbook, alert and workload all bear the name. */
async function repaired(name: string): Promise<void> {
  await repair.deploy(name);
  const steps = [{ action: 'restart_pod', target: { kind: 'Deployment', fromLabel: 'deployment' } }];
  await repair.playbook(name, { match: { alertname: name }, steps });
  await repair.fire(name, name);
  await repair.approve(await repair.run(name, waits));
  await repair.run(name, wentOn);
  await repair.resolve(name, name);
}

it("does not call a repair good before the `for` of Prometheus' own rule and two evaluations are over", async () => {
  await repaired('seldom');
  const { status } = await repair.run('seldom', run => run.status?.verification?.quietUntil !== undefined);
  const { resolvedAt = '', quietUntil = '' } = status?.verification ?? {};
  expect(status?.phase).toBe('Verifying');
  expect(Date.parse(quietUntil) - Date.parse(resolvedAt)).toBeGreaterThanOrEqual(62 * 60_000);
}, 120_000);

it('waits for a Prometheus that does not answer, says so, and goes on once it does', async () => {
  await prometheus.halt();
  await repaired('unlisted');
  const waiting = await repair.run('unlisted', run => ready(run)?.reason === 'Unreachable');
  expect([waiting.status?.phase, ready(waiting)?.message]).toEqual(['Verifying', expect.stringContaining('AWOOOI_PROMETHEUS_URL')]);
  await prometheus.restart();
  await repair.run('unlisted', ({ status }) => status?.phase === 'Succeeded');
}, 180_000);
