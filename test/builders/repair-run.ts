import { restartStep } from './repair-playbook.ts';

type Plain = Readonly<Record<string, unknown>>;

/** A run's spec that is right, changed where it is to differ; `undefined` takes a field away. */
export function runSpec(over: Plain = {}): Plain {
  return { playbookRef: { name: 'restart-api' }, playbookHash: '3f9c0a1b2c4d5e6f', steps: [restartStep()], ...over };
}

/** The object as it is applied. */
export function runManifest(spec: Plain = runSpec(), name = 'restart-api-1'): Plain {
  return { apiVersion: 'awoooi.io/v1alpha1', kind: 'RepairRun', metadata: { name }, spec };
}
