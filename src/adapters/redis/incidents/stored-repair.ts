import { z } from 'zod';
import { RUN_PHASES } from '../../../crds/repairrun/status.ts';
import type { IncidentRepair } from '../../../domain/incidents/incident.ts';
import { parsed } from '../schema.ts';

/** Its field in the hash of the incident: one for each, so that two at once never overwrite each other. */
const FIELD = 'repair:';

const Stored = z
  .object({
    run: z.string(),
    playbook: z.string(),
    summary: z.string(),
    tier: z.number(),
    phase: z.enum(RUN_PHASES),
    detail: z.string(),
    waitsFor: z.enum(['approval', 'people']).optional(),
    expiresAt: z.iso.datetime().optional(),
    by: z.string().optional(),
  })
  .transform(({ waitsFor, expiresAt, by, ...rest }) => ({
    ...rest,
    ...(waitsFor && { waitsFor }),
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
    ...(by !== undefined && { by }),
  }));

/** The repairs among the fields of an incident, oldest first. Each is `FIRST UPDATED PHASE JSON`, times in milliseconds. */
export function repairsFrom(fields: readonly (readonly [field: string, text: string])[]): IncidentRepair[] {
  return fields
    .filter(([field]) => field.startsWith(FIELD))
    .map(([field, text]) => stored(field.slice(FIELD.length), text))
    .toSorted((a, b) => a.first - b.first || (a.repair.approvalId < b.repair.approvalId ? -1 : 1))
    .map(({ repair }) => repair);
}

function stored(approvalId: string, text: string): { readonly first: number; readonly repair: IncidentRepair } {
  const [first, updated] = text.split(' ', 2);
  const said = parsed('give a repair that we wrote', Stored, text.slice(text.indexOf('{')));
  return { first: Number(first), repair: { approvalId, ...said, updatedAt: new Date(Number(updated)) } };
}
