import { isRecord } from '../../kube/object.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Which fields of an object one manager has applied, and which anybody else holds (metadata.managedFields, FieldsV1). */
export interface Ownership {
  readonly ours: Fields;
  readonly others: readonly Fields[];
}

export function ownershipOf(managedFields: unknown, manager: string): Ownership {
  const entries = Array.isArray(managedFields) ? managedFields.filter(isRecord) : [];
  const isOurs = (entry: Fields): boolean => entry['manager'] === manager && entry['operation'] === 'Apply';
  return {
    ours: entries.filter(isOurs).flatMap(fieldsOf)[0] ?? {},
    others: entries.filter(entry => !isOurs(entry)).flatMap(fieldsOf),
  };
}

function fieldsOf(entry: Fields): Fields[] {
  return isRecord(entry['fieldsV1']) ? [entry['fieldsV1']] : [];
}

/** Whether these fields hold this path, or anything below it. */
export function holds(fields: Fields, path: readonly string[]): boolean {
  let at: unknown = fields;
  for (const name of path) {
    if (!isRecord(at)) return false;
    at = at[`f:${name}`];
  }
  return at !== undefined;
}

/** Of a value the part that these fields hold; a list is held whole. */
export function heldPart(value: unknown, fields: Fields): unknown {
  const names = Object.keys(fields).flatMap(key => (key.startsWith('f:') ? [key.slice(2)] : []));
  if (!isRecord(value) || names.length === 0) return value;
  return Object.fromEntries(
    names.flatMap(name => {
      const below = fields[`f:${name}`];
      return name in value ? [[name, heldPart(value[name], isRecord(below) ? below : {})]] : [];
    }),
  );
}
