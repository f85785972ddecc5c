import { z } from 'zod';
import type { CustomObject } from '../object.ts';
import { AlertChainProbeStatus } from './status.ts';

const Strings = z.record(z.string(), z.string());

const ObjectMeta = z.object({
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

const Stored = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: ObjectMeta,
  spec: z.unknown(),
  // A status of another version is ours to write anew, and no reason to pass over the object.
  status: AlertChainProbeStatus.exactOptional().catch({}),
});

/** A probe as the cache holds it, its spec not yet read: an object stored under an older schema need not be valid today. */
export type StoredAlertChainProbe = CustomObject<unknown, AlertChainProbeStatus>;

/** What is cached of a probe; throws where the object is none of Kubernetes' own shape. */
export function storedAlertChainProbe(object: unknown): StoredAlertChainProbe {
  return Stored.parse(object);
}
