import { z } from 'zod';
import { type ParsedObject, parsedObject } from '../parsed-object.ts';
import { WrittenMeta } from '../stored-meta.ts';
import { REPAIR_RUN, type RepairRun } from './kind.ts';
import { RepairRunSpec } from './spec.ts';
import { StoredStatus, type StoredRepairRun } from './stored.ts';

const Whole = z.object({
  apiVersion: z.literal(`${REPAIR_RUN.group}/${REPAIR_RUN.version}`),
  kind: z.literal(REPAIR_RUN.kind),
  metadata: WrittenMeta,
  spec: RepairRunSpec,
  status: StoredStatus.exactOptional(),
});

/** An object of any origin as a typed object with all defaults, or everything that is wrong with it. */
export function parseRepairRun(object: unknown): ParsedObject<RepairRun> {
  return parsedObject(Whole, object);
}

const OnlySpec = z.object({ spec: RepairRunSpec });

/** The same of an object as the cache holds it, of which only the spec is still to be read. */
export function readStored(stored: StoredRepairRun): ParsedObject<RepairRun> {
  const read = parsedObject(OnlySpec, stored);
  return read.ok ? { ok: true, object: { ...stored, spec: read.object.spec } } : read;
}
