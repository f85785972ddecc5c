import type { CustomObject } from '../object.ts';
import type { RepairPlaybookSpec } from './spec.ts';
import type { RepairPlaybookStatus } from './status.ts';

export type RepairPlaybook = CustomObject<RepairPlaybookSpec, RepairPlaybookStatus>;

export const REPAIR_PLAYBOOK = {
  group: 'awoooi.io',
  version: 'v1alpha1',
  kind: 'RepairPlaybook',
  plural: 'repairplaybooks',
  singular: 'repairplaybook',
  shortNames: ['rpb'],
  categories: ['awoooi'],
} as const;

/** On a playbook: any new value ends its quarantine. Only a person sets it. */
export const END_QUARANTINE = 'awoooi.io/end-quarantine';
