import { describe, expect, it } from 'vitest';
import { REPAIR_ACTIONS, type RepairAction } from '../../crds/repairplaybook/action.ts';
import { RepairStep } from '../../crds/repairplaybook/step.ts';
import { learnedStep } from './learned-step.ts';

const LABELS = { namespace: 'shop', deployment: 'api', pod: 'api-7d-x1' };
const learned = (action: RepairAction, labels: Record<string, string> = LABELS) => learnedStep(action, { labels, text: 'a leak' });

const API = { kind: 'Deployment', name: 'api' };
const POD = { kind: 'Pod', fromLabel: 'pod' };

it.each<readonly [action: RepairAction, step: object]>([
  ['restart_pod', { target: API }],
  ['delete_pod', { target: POD }],
  ['scale_up', { target: API, parameters: { by: 1, maxReplicas: 10 } }],
  ['increase_memory', { target: API, parameters: { factor: 1.5, max: '4Gi' } }],
  ['increase_cpu', { target: API, parameters: { factor: 1.5, max: '4' } }],
  ['rollback', { target: API }],
  ['create_issue', { parameters: { text: 'a leak' } }],
  ['notify_team', { parameters: { text: 'a leak' } }],
  ['schedule_fix', { parameters: { text: 'a leak' } }],
  ['manual_intervention', { parameters: { text: 'a leak' } }],
])('%s', (action, step) => {
  expect(learned(action)).toEqual({ ok: true, step: { action, ...step } });
});

it.each<RepairAction>(['restart_container', 'adjust_limits', 'apply_hotfix', 'update_config', 'patch_deployment'])(
  '%s cannot be learned, and it says why',
  action => {
    const { ok, ...said } = learned(action);
    expect([ok, JSON.stringify(said)]).toEqual([false, expect.stringMatching(/by hand|could never do it/)]);
  },
);

it('is a step that the schema takes, or none', () => {
  const steps = REPAIR_ACTIONS.map(action => learned(action)).flatMap(made => (made.ok ? [made.step] : []));
  expect(steps.filter(step => !RepairStep.safeParse(step).success)).toEqual([]);
  expect(steps).toHaveLength(10);
});

describe('the target', () => {
  it.each<readonly [name: string, action: RepairAction, labels: Record<string, string>, target: object | undefined]>([
    ['by the spelling of OpenTelemetry', 'restart_pod', { 'k8s.statefulset.name': 'db' }, { kind: 'StatefulSet', name: 'db' }],
    ['of a daemonset', 'restart_pod', { daemonset: 'agent' }, { kind: 'DaemonSet', name: 'agent' }],
    [
      'a pod by its label, where there is no workload',
      'restart_pod',
      { k8s_pod_name: 'api-1' },
      { kind: 'Pod', fromLabel: 'k8s_pod_name' },
    ],
    ['none that cannot be scaled', 'scale_up', { daemonset: 'agent' }, undefined],
    ['no workload that is to be deleted', 'delete_pod', { deployment: 'api' }, undefined],
    ['nothing that is no name', 'restart_pod', { deployment: 'The API', pod: '../x' }, undefined],
  ])('is %s', (_, action, labels, target) => {
    const step = learned(action, labels);
    expect(step.ok ? step.step.target : undefined).toEqual(target);
  });
});
