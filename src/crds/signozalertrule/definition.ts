import type { KindDefinition } from '../generate/custom-resource-definition.ts';
import { SIGNOZ_ALERT_RULE } from './kind.ts';
import { SignozAlertRuleSpec } from './spec.ts';
import { SignozAlertRuleStatus } from './status.ts';

const condition = (type: string, field: 'status' | 'reason' | 'message') => `.status.conditions[?(@.type=="${type}")].${field}`;

/** From which config/crd/signozalertrules.yaml is generated. */
export const SIGNOZ_ALERT_RULE_DEFINITION: KindDefinition = {
  names: SIGNOZ_ALERT_RULE,
  description: 'Keeps one alert rule of SigNoz as it is written here: creates it, puts changes right, and deletes it with the object.',
  spec: SignozAlertRuleSpec,
  status: SignozAlertRuleStatus,
  columns: [
    { name: 'Ready', type: 'string', description: 'Whether SigNoz has the rule as asked for.', jsonPath: condition('Ready', 'status') },
    { name: 'Reason', type: 'string', description: 'Why.', jsonPath: condition('Ready', 'reason') },
    { name: 'State', type: 'string', description: "The rule's state in SigNoz.", jsonPath: '.status.remoteState' },
    { name: 'Drifted', type: 'string', description: 'Whether it was changed in SigNoz.', jsonPath: condition('Drifted', 'status') },
    { name: 'Plan', type: 'string', description: 'What would be done, with mode Plan.', jsonPath: '.status.plan.action', priority: 1 },
    { name: 'Last sync', type: 'date', description: 'When it was last written.', jsonPath: '.status.lastSyncTime' },
    { name: 'Rule', type: 'string', description: 'Id of the rule in SigNoz.', jsonPath: '.status.ruleId', priority: 1 },
    { name: 'URL', type: 'string', description: 'Where SigNoz shows it.', jsonPath: '.status.url', priority: 1 },
    { name: 'Message', type: 'string', description: 'Why, as a sentence.', jsonPath: condition('Ready', 'message'), priority: 1 },
    { name: 'Age', type: 'date', description: 'When the object was created.', jsonPath: '.metadata.creationTimestamp' },
  ],
};
