import { heldAs } from './held.ts';
import { type Place, valueAt } from './place.ts';
import type { Want } from './world.ts';

export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const PLACE: Place = ['spec', 'template', 'metadata', 'annotations', RESTARTED_AT];

/** As kubectl rollout restart. The time is that of the plan: written twice, it is one rollout. */
export const wantRestart: Want = ({ world, what, now }) => ({
  is: 'wanted',
  changes: [{ place: PLACE, from: heldAs(PLACE, valueAt(world.object, PLACE)), to: heldAs(PLACE, now.toISOString()) }],
  summary: `Restarts all pods of ${what}, as kubectl rollout restart does`,
});
