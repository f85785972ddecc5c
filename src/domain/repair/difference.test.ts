import { describe, expect, it } from 'vitest';
import { knownIncident, repairPlaybook, repairRun, RESTART, SCALE } from '../../../test/builders/known-run.ts';
import type { RepairPlaybookSpec } from '../../crds/repairplaybook/spec.ts';
import type { RepairRunSpec } from '../../crds/repairrun/spec.ts';
import { runOf } from '../playbook/run-of.ts';
import { differenceFrom } from './difference.ts';

type Run = Partial<RepairRunSpec>;
type Book = Partial<RepairPlaybookSpec>;

const FROM_LABEL: Book = { steps: [{ ...RESTART, target: { kind: 'Deployment', fromLabel: 'deployment' } }] };
const on = (target: NonNullable<RepairRunSpec['steps'][number]['target']>): Run => ({ steps: [{ ...RESTART, target }] });
const TERMS = repairRun().spec;

function reasonOf(run: Run, book: Book = {}, incident = true): string | undefined {
  return differenceFrom(repairPlaybook({ spec: book }), repairRun({ spec: run }), incident ? knownIncident() : undefined)?.reason;
}

describe('a run differs from its playbook', () => {
  it.each<[string, Run, Book, string]>([
    ['by another action', { steps: [SCALE] }, {}, 'StepsDiffer'],
    ['by one step more', { steps: [RESTART, SCALE] }, {}, 'StepsDiffer'],
    ['by one step less', {}, { steps: [RESTART, SCALE] }, 'StepsDiffer'],
    ['by the order', { steps: [SCALE, RESTART] }, { steps: [RESTART, SCALE] }, 'StepsDiffer'],
    ['by a tier', { steps: [{ ...RESTART, tier: 1 }] }, {}, 'StepsDiffer'],
    ['by a parameter', { steps: [{ ...SCALE, parameters: { by: 9 } }] }, { steps: [SCALE] }, 'StepsDiffer'],
    ['by its target', on({ kind: 'Deployment', name: 'api' }), {}, 'StepsDiffer'],
    ['by the kind of its target', on({ kind: 'StatefulSet', name: 'web' }), {}, 'StepsDiffer'],
    ['by the kind of a target from a label', on({ kind: 'StatefulSet', name: 'web' }), FROM_LABEL, 'StepsDiffer'],
    ['by a target that the alert does not name', on({ kind: 'Deployment', name: 'api' }), FROM_LABEL, 'TargetDiffers'],
    ['by who approves', { approval: { ...TERMS.approval, approvers: ['mallory'] } }, {}, 'TermsDiffer'],
    ['by what it is judged by', { verify: { ...TERMS.verify, quiet: '0s' } }, {}, 'TermsDiffer'],
    ['by how often it runs', { limits: { ...TERMS.limits, maxPerHour: 60 } }, {}, 'TermsDiffer'],
    ['by what becomes of its changes', { onFailure: 'Rollback' }, {}, 'TermsDiffer'],
    ['by what is done about GitOps', { gitOps: 'AllowRevert' }, {}, 'TermsDiffer'],
    ['by acting at all', {}, { mode: 'Shadow' }, 'TermsDiffer'],
    ['by the anomaly of its incident', { anomalyKey: 'v1-0000000000000000' }, {}, 'IncidentDiffers'],
    ['by the alert of its incident', { alertname: 'High' }, {}, 'IncidentDiffers'],
  ])('%s', (_, run, book, reason) => {
    expect(reasonOf(run, book)).toBe(reason);
  });
});

describe('a run does not differ', () => {
  it.each<[string, Run, Book]>([
    ['where it is the same', {}, {}],
    ['where its target is that of the label', {}, FROM_LABEL],
    ['by its mode, which may change while it waits', { mode: 'Automatic' }, { mode: 'Suggest' }],
  ])('%s', (_, run, book) => {
    expect(reasonOf(run, book)).toBeUndefined();
  });

  it('where nobody knows the incident that would name the target, whatever it is called', () => {
    expect(reasonOf(on({ kind: 'Deployment', name: 'api' }), FROM_LABEL, false)).toBeUndefined();
    expect(reasonOf(on({ kind: 'Pod', name: 'api' }), FROM_LABEL, false)).toBe('StepsDiffer');
  });

  it('where the operator made it, however long the name of its alert is', () => {
    const incident = knownIncident({ name: 'L'.repeat(300) });
    const playbook = repairPlaybook({ spec: { ...FROM_LABEL, onFailure: 'Rollback' } });
    const made = runOf(playbook, incident);
    if (made.is === 'cannot') throw new Error(made.why);
    expect(differenceFrom(playbook, { spec: made.run.spec }, incident)).toBeUndefined();
  });
});
