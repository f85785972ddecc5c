import { z } from 'zod';
import { Condition } from '../conditions.ts';
import type { CustomObject } from '../object.ts';
import { AlertChainProbeStatus } from './status.ts';

const Strings = z.record(z.string(), z.string());

/** What of metadata is read; the API server always gives these. */
export const StoredMeta = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  generation: z.number().int(),
  resourceVersion: z.string(),
  creationTimestamp: z.string().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
  labels: Strings.exactOptional(),
  annotations: Strings.exactOptional(),
  finalizers: z.array(z.string()).exactOptional(),
});

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
