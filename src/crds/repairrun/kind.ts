import type { CustomObject } from '../object.ts';
import type { RepairRunSpec } from './spec.ts';
import type { RepairRunStatus } from './status.ts';

export type RepairRun = CustomObject<RepairRunSpec, RepairRunStatus>;

export const REPAIR_RUN = {
  group: 'awoooi.io',
  version: 'v1alpha1',
  kind: 'RepairRun',
  plural: 'repairruns',
  singular: 'repairrun',
  shortNames: ['rr'],
  categories: ['awoooi'],
} as const;

/** On a run: the playbook that it is of, so that its runs can be listed. */
export const PLAYBOOK_LABEL = 'awoooi.io/playbook';
/** On a run: its incident. */
export const INCIDENT_LABEL = 'awoooi.io/incident';
