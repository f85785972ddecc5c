import type { KindDefinition } from '../generate/custom-resource-definition.ts';
import { REPAIR_PLAYBOOK } from './kind.ts';
import { RepairPlaybookSpec } from './spec.ts';
import { RepairPlaybookStatus } from './status.ts';

const ready = (field: string): string => `.status.conditions[?(@.type=="Ready")].${field}`;

/** From which config/crd/repairplaybooks.yaml is generated. */
export const REPAIR_PLAYBOOK_DEFINITION: KindDefinition = {
  names: REPAIR_PLAYBOOK,
  description:
    'A repair, for which incidents it is, and when it may be done: proposed, after approval, or by itself once it has proved itself.',
  spec: RepairPlaybookSpec,
  status: RepairPlaybookStatus,
  columns: [
    { name: 'Ready', type: 'string', description: 'Whether it can be used.', jsonPath: ready('status') },
    { name: 'Reason', type: 'string', description: 'Why.', jsonPath: ready('reason') },
    { name: 'Trust', type: 'string', description: 'Whether it has proved itself.', jsonPath: '.status.trust' },
    { name: 'Success', type: 'number', description: 'Share of the attempts that helped, 0 to 1.', jsonPath: '.status.stats.successRate' },
    { name: 'Runs', type: 'integer', description: 'How often it was tried.', jsonPath: '.status.stats.attempts' },
    {
      name: 'Mode',
      type: 'string',
      description: 'Whether it is proposed, approved or runs by itself.',
      jsonPath: '.spec.mode',
      priority: 1,
    },
    { name: 'Alert', type: 'string', description: 'For alerts of this name.', jsonPath: '.spec.match.alertname', priority: 1 },
    { name: 'Anomaly', type: 'string', description: 'For this kind of trouble.', jsonPath: '.spec.match.anomalyKey', priority: 1 },
    { name: 'Source', type: 'string', description: 'Who wrote it.', jsonPath: '.spec.source', priority: 1 },
    { name: 'Message', type: 'string', description: 'Why, as a sentence.', jsonPath: ready('message'), priority: 1 },
    { name: 'Age', type: 'date', description: 'When it was created.', jsonPath: '.metadata.creationTimestamp' },
  ],
};
