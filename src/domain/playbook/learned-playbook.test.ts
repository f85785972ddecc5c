import { describe, expect, it } from 'vitest';
import { repairPlaybook } from '../../../test/builders/anomaly-playbook.ts';
import { lessonOf } from './lesson.ts';
import { isNewEvidence, namespaceIn, playbookThere, playbooksFor, sameRepair } from './learned-playbook.ts';

const OF = { anomalyKey: 'v1-7000000000000000', name: 'HighLatency', labels: { alertname: 'HighLatency', severity: 'critical' } };

it.each<readonly [name: string, match: object, expected: boolean]>([
  ['the anomaly', { anomalyKey: OF.anomalyKey }, true],
  ['another anomaly', { anomalyKey: 'v1-7000000000000001' }, false],
  ['the alert', { alertname: 'HighLatency' }, true],
  ['the alert, with its labels', { alertname: 'HighLatency', labels: { severity: 'critical' } }, true],
  ['the alert, with others', { alertname: 'HighLatency', labels: { severity: 'warning' } }, false],
  ['another alert', { alertname: 'Down' }, false],
])('a playbook for %s', (_, match, expected) => {
  expect(playbooksFor([repairPlaybook({ spec: { match } })], OF)).toHaveLength(expected ? 1 : 0);
});

it('says of one that was never tried that nothing is known', () => {
  const stats = { attempts: 4, successes: 3, successRate: 0.75, lowerBound: 0.3, effectiveN: 4, avgExecutionSeconds: 1, lastOutcomes: [] };
  expect(playbookThere(repairPlaybook())).toMatchObject({
    namespace: 'shop',
    name: 'restart-api',
    source: 'manual',
    successRate: undefined,
    lowerBound: 0,
  });
  expect(playbookThere(repairPlaybook({ status: { stats } }))).toMatchObject({ successRate: 0.75, lowerBound: 0.3 });
});

it('is the same repair by anomaly and by what reaches farthest in it', () => {
  const steps = [
    { action: 'notify_team', parameters: { text: 'look' } },
    { action: 'restart_pod', target: { kind: 'Deployment', name: 'api' } },
    { action: 'scale_up', target: { kind: 'Deployment', name: 'api' }, parameters: { by: 1, maxReplicas: 5 } },
  ];
  const playbook = repairPlaybook({ spec: { steps } });
  expect(lessonOf(playbook)).toEqual({ action: 'scale_up', anomalyClass: undefined });
  expect(sameRepair([playbook], { ...OF, action: 'scale_up' })).toBe(playbook);
  expect(sameRepair([playbook], { ...OF, action: 'restart_pod' })).toBeUndefined();
});

describe('the class of its anomaly', () => {
  it.each([
    ['of an alert', { spec: { match: { alertname: 'HighLatency' } } }, 'HighLatency/Deployment'],
    ['of an anomaly whose alert is noted', { metadata: { annotations: { 'awoooi.io/alertname': 'Down' } } }, 'Down/Deployment'],
    ['of an anomaly alone', {}, undefined],
  ])('%s', (_, given, expected) => {
    expect(lessonOf(repairPlaybook(given)).anomalyClass).toBe(expected);
  });
});

it.each([
  [9, 5, false],
  [10, 5, true],
  [5, 5, false],
  [4, 9, false],
  [5, 9, true],
])('%i successes after %i: new evidence is %s', (successes, lastSeen, expected) => {
  expect(isNewEvidence(successes, lastSeen)).toBe(expected);
});

it.each([
  [{ namespace: 'shop' }, 'shop'],
  [{ namespace: '', 'k8s.namespace.name': 'shop' }, 'shop'],
  [{ namespace: '../kube-system' }, undefined],
  [{}, undefined],
])('the namespace in %o is %s', (labels, expected) => {
  expect(namespaceIn(labels)).toBe(expected);
});
