import { describe, expect, it } from 'vitest';
import { RepairBench } from '../../../test/builders/repair-bench.ts';
import { INCIDENT, knownIncident, repairPlaybook, repairRun, RESTART, SCALE, type RunParts } from '../../../test/builders/known-run.ts';
import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import { PortError } from '../../domain/ports/port-error.ts';

const FROM_LABEL = { steps: [{ ...RESTART, target: { kind: 'Deployment', fromLabel: 'deployment' } as const }] };

function made(spec: RunParts['spec'], playbook: RepairPlaybook = repairPlaybook()): RepairBench {
  const bench = new RepairBench();
  bench.put(playbook, repairRun({ ...(spec && { spec }) }));
  return bench;
}

describe('a run that somebody made who may create runs', () => {
  it.each<[string, RunParts['spec'], string, RegExp]>([
    ['other steps', { steps: [SCALE] }, 'StepsDiffer', /Step 1 is not that of RepairPlaybook restart-web: make a new run/],
    ['other terms', { gitOps: 'AllowRevert' }, 'TermsDiffer', /spec\.gitOps is not that of RepairPlaybook restart-web/],
    ['the hash of its playbook and mode Automatic', { mode: 'Automatic', steps: [SCALE] }, 'StepsDiffer', /playbook's own steps/],
    ['the anomaly of another incident', { anomalyKey: 'v1-0000000000000000' }, 'IncidentDiffers', /not that of the incident/],
  ])('with %s asks nobody, does nothing, teaches nothing, and says what to do', async (_, spec, reason, message) => {
    const bench = made(spec);
    bench.approve();
    const { phase, message: said } = await bench.toEnd();
    expect([phase, bench.reason(), bench.condition('Stalled')?.status]).toEqual(['Expired', reason, 'True']);
    expect(said).toMatch(message);
    expect(bench.events.map(event => event.reason)).toEqual([reason]);
    expect([bench.world.done, bench.world.told, bench.world.recorded, bench.world.incident.size]).toEqual([[], [], [], 0]);
  });

  it('is no way around that with the hash of a playbook that is none any more: a run of the playbook as it is asks in its place', async () => {
    const bench = made({ steps: [SCALE], playbookHash: 'fedcba9876543210' });
    expect((await bench.toEnd()).phase).toBe('Expired');
    const next = 'shop/restart-web-1-012345';
    await bench.settle(next);
    expect([bench.reason(next), bench.run(next).spec.steps]).toEqual(['AwaitingApproval', [RESTART]]);
    expect(bench.events.map(event => event.reason)).toEqual(['PlaybookChanged', 'AwaitingApproval']);
  });

  it('asks nobody before the playbook was read', async () => {
    const unread = repairPlaybook({ metadata: { generation: 2 } });
    const bench = made({}, unread);
    expect(await bench.settle()).toBe(5_000);
    expect([bench.status().phase, bench.reason()]).toEqual([undefined, 'PlaybookUnread']);
    bench.put(repairPlaybook({ metadata: { generation: 2 }, status: { observedGeneration: 2 } }));
    await bench.settle();
    expect(bench.reason()).toBe('AwaitingApproval');
  });

  it('asks nobody while the incident cannot be read', async () => {
    const bench = made({});
    bench.world.away = { incidents: new PortError('unavailable', 'Redis does not answer') };
    expect(await bench.settle()).toBe(15_000);
    expect([bench.status().phase, bench.reason()]).toEqual([undefined, 'Unavailable']);
    bench.world.away = {};
    await bench.settle();
    expect(bench.reason()).toBe('AwaitingApproval');
  });
});

describe('a run whose target comes from a label', () => {
  const playbook = repairPlaybook({ spec: FROM_LABEL });

  it('asks about the one that the alert names', async () => {
    const bench = made({}, playbook);
    await bench.settle();
    expect(bench.reason()).toBe('AwaitingApproval');
  });

  it('is void where the alert names another by now, and a new one asks about that, once', async () => {
    const bench = made({}, playbook);
    bench.world.known.set(INCIDENT, knownIncident({ labels: { namespace: 'shop', deployment: 'api' } }));
    await bench.settle();
    bench.restart();
    await bench.settle();
    expect([bench.status().phase, bench.reason(), bench.world.stored.size]).toEqual(['Expired', 'TargetDiffers', 2]);
    const [next = ''] = [...bench.world.stored.keys()].filter(key => key !== 'shop/restart-web-1');
    await bench.settle(next);
    expect([bench.reason(next), bench.run(next).spec.steps[0]?.target?.name]).toEqual(['AwaitingApproval', 'api']);
  });

  it('asks about any where nobody knows the incident', async () => {
    const bench = made({ incidentId: 'inc-gone' }, playbook);
    await bench.settle();
    expect(bench.reason()).toBe('AwaitingApproval');
  });
});
