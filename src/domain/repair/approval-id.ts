import { createHash } from 'node:crypto';
import type { ObjectMeta } from '../../crds/object.ts';

/** By which the API and the buttons of cards name a run. It is the same for the same object, and no other has it. */
export function approvalIdOf({ namespace, name, uid }: Pick<ObjectMeta, 'namespace' | 'name' | 'uid'>): string {
  return `rr-${createHash('sha256').update(`${namespace}/${name}/${uid}`).digest('hex').slice(0, 20)}`;
}
