import type { FieldProblem } from '../parsed-object.ts';
import type { AlertChainProbe } from './kind.ts';
import { READER } from './stored.ts';

export type ParsedProbe =
  | { readonly ok: true; readonly probe: AlertChainProbe }
  | { readonly ok: false; readonly problems: readonly string[]; readonly fields: readonly FieldProblem[] };

/**
 * An object of any origin as a typed probe with all defaults, or everything that is wrong with it, in the sentences that the API server
 * would use. A status that cannot be read (written by another version) counts as none, apart from its conditions: a probe must not
 * stand still because of what it once was.
 */
export function parseAlertChainProbe(object: unknown): ParsedProbe {
  const parsed = READER.parse(object);
  return parsed.ok ? { ok: true, probe: parsed.object } : parsed;
}
