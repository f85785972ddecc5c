import { z } from 'zod';
import { Condition } from '../conditions.ts';
import type { CustomObject } from '../object.ts';
import { StoredMeta } from '../stored-meta.ts';
import { AlertChainProbeStatus } from './status.ts';

const OnlyConditions = z.object({ conditions: z.array(Condition).exactOptional() });

/**
 * A status of another version is ours to write anew, and no reason to pass over the object. Its conditions are kept where they can be
 * read, for the times of their transitions.
 */
export const StoredStatus = AlertChainProbeStatus.catch(({ value }) => OnlyConditions.safeParse(value).data ?? {});

const Stored = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: StoredMeta,
  spec: z.unknown(),
  status: StoredStatus.exactOptional(),
});

/** A probe as the cache holds it, its spec not yet read: an object stored under an older schema need not be valid today. */
export type StoredAlertChainProbe = CustomObject<unknown, AlertChainProbeStatus>;

/** What is cached of a probe; throws where the object is none of Kubernetes' own shape. */
export function storedAlertChainProbe(object: unknown): StoredAlertChainProbe {
  return Stored.parse(object);
}
