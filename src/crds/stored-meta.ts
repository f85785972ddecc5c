import { z } from 'zod';

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

/** A file written by hand has only a name. */
export const WrittenMeta = StoredMeta.extend({
  name: z.string().min(1),
  namespace: z.string().default('default'),
  uid: z.string().default(''),
  generation: z.int().default(0),
  resourceVersion: z.string().default(''),
});
