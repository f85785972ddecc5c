import { expect, it } from 'vitest';
import { anomalyClassOf } from './anomaly-class.ts';

it.each<[Record<string, string>, string | undefined]>([
  [{ deployment: 'checkout' }, 'HighLatency/Deployment'],
  [{ k8s_statefulset_name: 'db' }, 'HighLatency/StatefulSet'],
  [{ 'k8s.daemonset.name': 'agent', deployment: '' }, 'HighLatency/DaemonSet'],
  [{ deployment: 'a', statefulset: 'b' }, 'HighLatency/Deployment'],
  [{ service: 'checkout' }, undefined],
])('of an alert with the labels %j', (labels, expected) => {
  expect(anomalyClassOf({ name: 'HighLatency', labels })).toBe(expected);
});
