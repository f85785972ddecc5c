import { type RepairPlaybookSpec, RepairPlaybookSpec as Spec } from '../../crds/repairplaybook/spec.ts';
import { canonicalJson } from '../rule/canonical-json.ts';
import { isRecord } from '../text/json.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How far a playbook may go, and whose it is, is said in every file, whatever the default is some day. */
const ALWAYS_SAID: ReadonlySet<string> = new Set(['mode', 'source']);

/** A spec as a person would have written it: without what the schema fills in. Lists stay whole, as whoever applies them holds them whole. */
export function withoutDefaults(spec: RepairPlaybookSpec): Fields {
  const meant = canonicalJson(spec);
  const means = (fields: Fields): boolean => {
    const read = Spec.safeParse(fields);
    return read.success && canonicalJson(read.data) === meant;
  };
  let kept: Fields = spec;
  for (const name of Object.keys(spec)) {
    if (ALWAYS_SAID.has(name)) continue;
    const without = left(kept, name);
    kept = means(without) ? without : trimmed(kept, name, means);
  }
  return kept;
}

/** The same for the fields of one field. */
function trimmed(fields: Fields, name: string, means: (fields: Fields) => boolean): Fields {
  let kept = fields;
  for (const inner of Object.keys(isRecord(fields[name]) ? fields[name] : {})) {
    const value = kept[name];
    if (!isRecord(value)) return kept;
    const without = { ...kept, [name]: left(value, inner) };
    if (means(without)) kept = without;
  }
  return kept;
}

function left(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name));
}
