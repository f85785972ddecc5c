import { z } from 'zod';
import { ALERT_CHAIN_PROBE, type AlertChainProbe } from './kind.ts';
import { AlertChainProbeSpec } from './spec.ts';
import { StoredMeta, StoredStatus } from './stored.ts';

/** One thing wrong with an object: the field as kubectl names it, and a sentence. */
export interface FieldProblem {
  /** For example `spec.hops[2].timeout`. */
  readonly field: string;
  /** The same place as keys and indexes, to find its line in a file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export type ParsedProbe =
  | { readonly ok: true; readonly probe: AlertChainProbe }
  | {
      readonly ok: false;
      /** One sentence for each field that is wrong, with its name. */
      readonly problems: readonly string[];
      readonly fields: readonly FieldProblem[];
    };

/** A file written by hand has only a name. */
const Metadata = StoredMeta.extend({
  name: z.string().min(1),
  namespace: z.string().default('default'),
  uid: z.string().default(''),
  generation: z.int().default(0),
  resourceVersion: z.string().default(''),
});

const Probe = z.object({
  apiVersion: z.literal(`${ALERT_CHAIN_PROBE.group}/${ALERT_CHAIN_PROBE.version}`),
  kind: z.literal(ALERT_CHAIN_PROBE.kind),
  metadata: Metadata,
  spec: AlertChainProbeSpec,
  status: StoredStatus.exactOptional(),
});

/**
 * An object of any origin as a typed probe with all defaults, or everything that is wrong with it, in the sentences that the API server
 * would use. A status that cannot be read (written by another version) counts as none, apart from its conditions: a probe must not
 * stand still because of what it once was.
 */
export function parseAlertChainProbe(object: unknown): ParsedProbe {
  const parsed = Probe.safeParse(object, { error: plainly });
  if (parsed.success) return { ok: true, probe: parsed.data };
  const fields = parsed.error.issues.map(fieldProblem);
  return { ok: false, problems: fields.map(({ field, message }) => `${field || 'the object'}: ${message}`), fields };
}

/** Where the schema has no sentence of its own: what zod says by itself is for programmers. */
function plainly(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'it is missing' : `it must be ${withArticle(issue.expected)}`;
  if (issue.code === 'invalid_value') return `it must be ${issue.values.map(value => `"${String(value)}"`).join(' or ')}`;
  return undefined;
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

function fieldProblem({ path, message }: z.core.$ZodIssue): FieldProblem {
  const keys = path.map(key => (typeof key === 'number' ? key : String(key)));
  const field = keys.map(key => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return { field: field.replace(/^\./, ''), path: keys, message };
}
