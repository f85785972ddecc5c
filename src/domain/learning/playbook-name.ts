import { hash } from 'node:crypto';
import type { RepairAction } from '../../crds/repairplaybook/action.ts';

const OURS = /^v\d{1,3}-[0-9a-f]{16}$/;

/**
 * The name of the playbook that is learned for an anomaly and an action, `restart-pod-v1-0123456789abcdef`: always the same one, a DNS-1123 label,
 * at most 63 characters. Keys of earlier systems are of any shape, and are hashed.
 */
export function learnedPlaybookName(anomalyKey: string, action: RepairAction): string {
  const key = OURS.test(anomalyKey) ? anomalyKey : `x-${hash('sha256', anomalyKey, 'hex').slice(0, 16)}`;
  return `${action.replaceAll('_', '-')}-${key}`;
}
