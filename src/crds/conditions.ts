import { z } from 'zod';

/** The metav1.Condition of the Kubernetes API conventions. */
export const Condition = z.object({
  type: z.string().describe('Type of the condition, CamelCase.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether the condition holds.'),
  reason: z.string().describe('Why, as one CamelCase word for machines.'),
  message: z.string().describe('Why, as a sentence for people. Never holds a secret.'),
  observedGeneration: z.int().describe('The metadata.generation that this condition was decided for.'),
  lastTransitionTime: z.string().meta({ format: 'date-time' }).describe('When status last changed.'),
});
export type Condition = z.infer<typeof Condition>;
export type ConditionStatus = Condition['status'];
