import type { KindDefinition } from '../generate/custom-resource-definition.ts';
import { REPAIR_RUN } from './kind.ts';
import { RepairRunSpec } from './spec.ts';
import { RepairRunStatus } from './status.ts';

const ready = (field: string): string => `.status.conditions[?(@.type=="Ready")].${field}`;

/** From which config/crd/repairruns.yaml is generated. */
export const REPAIR_RUN_DEFINITION: KindDefinition = {
  names: REPAIR_RUN,
  description: 'One execution of a RepairPlaybook: who approved it, what was done step by step, and whether it helped.',
  spec: RepairRunSpec,
  status: RepairRunStatus,
  columns: [
    { name: 'Phase', type: 'string', description: 'Where the run stands.', jsonPath: '.status.phase' },
    { name: 'Playbook', type: 'string', description: 'Which playbook is run.', jsonPath: '.spec.playbookRef.name' },
    { name: 'Incident', type: 'string', description: 'The incident that it is for.', jsonPath: '.spec.incidentId' },
    { name: 'Reason', type: 'string', description: 'Why.', jsonPath: ready('reason') },
    { name: 'Mode', type: 'string', description: "The playbook's mode when the run was made.", jsonPath: '.spec.mode', priority: 1 },
    { name: 'Expires', type: 'string', description: 'Until when it waits for approval.', jsonPath: '.status.expiresAt', priority: 1 },
    { name: 'Message', type: 'string', description: 'How it stands, as a sentence.', jsonPath: '.status.message', priority: 1 },
    { name: 'Age', type: 'date', description: 'When the run was made.', jsonPath: '.metadata.creationTimestamp' },
  ],
};
