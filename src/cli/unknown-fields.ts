import { isRecord } from '../domain/text/json.ts';

export type FieldPath = readonly (string | number)[];

/**
 * Fields of the input that the schema dropped, because it knows none of that name. The API server warns of them; here they are
 * errors, for a probe that ignores half of what it was told proves less than it seems to.
 */
export function unknownFields(input: unknown, parsed: unknown, path: FieldPath = []): readonly FieldPath[] {
  if (Array.isArray(input) && Array.isArray(parsed)) return input.flatMap((item, i) => unknownFields(item, parsed[i], [...path, i]));
  if (!isRecord(input) || !isRecord(parsed)) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    const at = [...path, key];
    return key in parsed || value === undefined ? unknownFields(value, parsed[key], at) : [at];
  });
}
