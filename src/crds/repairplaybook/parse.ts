import { z } from 'zod';
import { type ParsedObject, parsedObject } from '../parsed-object.ts';
import { WrittenMeta } from '../stored-meta.ts';
import { REPAIR_PLAYBOOK, type RepairPlaybook } from './kind.ts';
import { RepairPlaybookSpec } from './spec.ts';
import { StoredStatus, type StoredRepairPlaybook } from './stored.ts';

const Whole = z.object({
  apiVersion: z.literal(`${REPAIR_PLAYBOOK.group}/${REPAIR_PLAYBOOK.version}`),
  kind: z.literal(REPAIR_PLAYBOOK.kind),
  metadata: WrittenMeta,
  spec: RepairPlaybookSpec,
  status: StoredStatus.exactOptional(),
});

/** An object of any origin as a typed object with all defaults, or everything that is wrong with it. */
export function parseRepairPlaybook(object: unknown): ParsedObject<RepairPlaybook> {
  return parsedObject(Whole, object);
}

const OnlySpec = z.object({ spec: RepairPlaybookSpec });

/** The same of an object as the cache holds it, of which only the spec is still to be read. */
export function readStored(stored: StoredRepairPlaybook): ParsedObject<RepairPlaybook> {
  const read = parsedObject(OnlySpec, stored);
  return read.ok ? { ok: true, object: { ...stored, spec: read.object.spec } } : read;
}
