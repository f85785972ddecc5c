import { z } from 'zod';
import type { BaseStatus, CustomObject } from './object.ts';
import { type ParsedObject, parsedObject } from './parsed-object.ts';
import { StoredMeta, WrittenMeta } from './stored-meta.ts';

interface Kind<Spec, Status extends BaseStatus> {
  readonly names: { readonly group: string; readonly version: string; readonly kind: string };
  readonly spec: z.ZodType<Spec>;
  /** Takes a status of any version: an object must not be passed over because of what it once was. */
  readonly status: z.ZodType<Status>;
}

interface KindReader<Spec, Status extends BaseStatus> {
  /** An object of any origin as a typed object with all defaults, or everything that is wrong with it. */
  readonly parse: (object: unknown) => ParsedObject<CustomObject<Spec, Status>>;
  /** What is cached of an object, its spec not yet read; throws where it is none of Kubernetes' own shape. */
  readonly stored: (object: unknown) => CustomObject<unknown, Status>;
  /** An object as the cache holds it, of which only the spec is still to be read: one of an older schema need not be valid today. */
  readonly readStored: (stored: CustomObject<unknown, Status>) => ParsedObject<CustomObject<Spec, Status>>;
}

/** How the objects of one kind are read, from files and from the cache. */
export function kindReader<Spec, Status extends BaseStatus>({ names, spec, status }: Kind<Spec, Status>): KindReader<Spec, Status> {
  const Whole = z.object({
    apiVersion: z.literal(`${names.group}/${names.version}`),
    kind: z.literal(names.kind),
    metadata: WrittenMeta,
    spec,
    status: z.exactOptional(status),
  });
  const Stored = z.object({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: StoredMeta,
    spec: z.unknown(),
    status: z.exactOptional(status),
  });
  const OnlySpec = z.object({ spec });
  return {
    parse: object => parsedObject(Whole, object),
    stored: object => Stored.parse(object),
    readStored(stored) {
      const read = parsedObject(OnlySpec, stored);
      return read.ok ? { ok: true, object: { ...stored, spec: read.object.spec } } : read;
    },
  };
}
