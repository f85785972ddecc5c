import { z } from 'zod';
import { Duration } from '../duration.ts';
import { SecretRef } from '../reference.ts';

/** All that the deletion of an object needs of its spec, of one that is no longer valid too: then the rule stays, which harms nobody. */
const DeletionSpec = z.object({
  signoz: z.object({ secretRef: SecretRef }).optional().catch(undefined),
  deletionPolicy: z.enum(['Delete', 'Orphan', 'Disable']).catch('Orphan'),
  finalizerTimeout: Duration.catch('10m'),
  mode: z.enum(['Apply', 'Plan']).catch('Plan'),
  approvedPlan: z.string().optional().catch(undefined),
  suspend: z.boolean().catch(true),
  resync: Duration.catch('5m'),
});
export type DeletionSpec = z.infer<typeof DeletionSpec>;

const ALL_LOST = DeletionSpec.parse({});

export function deletionSpec(spec: unknown): DeletionSpec {
  return DeletionSpec.safeParse(spec).data ?? ALL_LOST;
}
