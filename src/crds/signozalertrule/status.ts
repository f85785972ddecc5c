import { z } from 'zod';
import { Condition } from '../conditions.ts';

const Time = z.string().meta({ format: 'date-time' });

const Drift = z.object({
  time: Time.describe('When it was found.'),
  fields: z
    .array(z.string().describe('A JSON Pointer; the empty one is the whole rule, which was deleted.'))
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('Places that differed from the spec, as drift.ignoreFields takes them; the first hundred, long ones cut.'),
  updatedBy: z.string().describe('Whose change it was, as SigNoz has it; absent where it does not say.').optional(),
  updatedAt: z.string().describe('When it was made, as SigNoz has it.').optional(),
});
export type RuleDrift = z.infer<typeof Drift>;

const Plan = z.object({
  action: z.enum(['None', 'Create', 'Update', 'Adopt', 'Delete', 'Disable']).describe('What would be done in SigNoz.'),
  diff: z.string().describe('What would change, a line for each place.').optional(),
  hash: z
    .string()
    .describe('Identifies this plan: copy it to spec.approvedPlan to have it carried out. Another one once anything changed.'),
});
export type RulePlan = z.infer<typeof Plan>;

/** The last own write, by which a change of somebody else is told from it. */
const Written = z.object({
  hash: z.string().describe('Hash of what was written, without what drift.ignoreFields leaves out.'),
  updatedAt: z.string().describe("SigNoz' updatedAt after it."),
});

const Healing = z.object({
  attempts: z.int32().describe('How often SigNoz was made to load the rule again.'),
  time: Time.describe('When it was tried last.'),
});

const Connection = z.object({
  url: z.string().describe('Base URL of the SigNoz.'),
  secret: z.string().describe("Name of the Secret; absent for the operator's default connection.").optional(),
});

const Leaving = z.object({
  ruleId: z.string().describe('Id of the rule there.'),
  connection: Connection.describe('Which SigNoz.'),
  since: Time.describe('When it was found not to answer; after spec.finalizerTimeout the rule is left there.'),
});
export type RuleLeaving = z.infer<typeof Leaving>;

export const SignozAlertRuleStatus = z.object({
  observedGeneration: z.int().describe('The metadata.generation that this status was decided for.').optional(),
  conditions: z
    .array(Condition.describe('One condition.'))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .describe('Ready, Synced, Drifted and Evaluating; Reconciling and Stalled only while they are True.')
    .optional(),
  ruleId: z.string().describe('Id of the rule in SigNoz.').optional(),
  remoteState: z
    .string()
    .describe("The rule's state as SigNoz has it: inactive, pending, recovering, firing, nodata or disabled.")
    .optional(),
  url: z.string().describe('Where the rule is shown in SigNoz.').optional(),
  lastSyncTime: Time.describe('When the rule in SigNoz was last written, or first found to be right.').optional(),
  lastDrift: Drift.describe('The last change that was made in SigNoz.').optional(),
  plan: Plan.describe('With mode Plan: what would be done.').optional(),
  observedHash: z.string().describe('Hash of the rule as the spec asks for it.').optional(),
  lastHandledRequest: z.string().describe('The last value of the annotation awoooi.io/requested-at that was acted on.').optional(),
  lastHandledReconcileAt: z
    .string()
    .describe('The last value of the annotation reconcile.fluxcd.io/requestedAt that was acted on.')
    .optional(),
  written: Written.describe('The last write to SigNoz. For the operator itself.').optional(),
  healing: Healing.describe('Since when SigNoz has not loaded the rule. For the operator itself.').optional(),
  connection: Connection.describe('Where the rule was written to. For the operator itself.').optional(),
  leaving: z
    .array(Leaving.describe('One rule.'))
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('Rules of this object in a SigNoz that it pointed to before, which does not answer: they may still fire.')
    .optional(),
});
export type SignozAlertRuleStatus = z.infer<typeof SignozAlertRuleStatus>;
