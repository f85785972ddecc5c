import type { LiveRule } from '../../domain/ports/signoz-rules.ts';
import { type RuleMarker, readMarker } from '../../domain/rule/marker.ts';
import { type RuleEntry, ruleEntry, sameEntry } from '../../domain/rule/rule-entry.ts';

/** Which object a rule belongs to, as far as is known before it is read: by its marker, or because the object's status names it. */
export interface Owners {
  readonly clusterId: string;
  readonly keyOfRule: (id: string) => string | undefined;
  /** JSON Pointers that do not count in the rule of this object. */
  readonly ignoredBy: (key: string) => readonly string[];
}

/** All rules of one SigNoz as it showed them at one time, and as they were seen since. */
export class Inventory {
  readonly #owners: Owners;
  readonly #rules = new Map<string, RuleEntry>();
  readonly #byKey = new Map<string, Map<string, RuleEntry>>();
  readonly #unowned = new Map<string, Map<string, RuleEntry>>();

  constructor(owners: Owners) {
    this.#owners = owners;
  }

  get size(): number {
    return this.#rules.size;
  }

  get(id: string): RuleEntry | undefined {
    return this.#rules.get(id);
  }

  /** Rules with the marker of this object. */
  ownedBy(key: string): readonly RuleEntry[] {
    return [...(this.#byKey.get(key)?.values() ?? [])];
  }

  /** Rules of this name without anybody's marker. */
  unowned(name: string): readonly RuleEntry[] {
    return [...(this.#unowned.get(name)?.values() ?? [])];
  }

  /** Takes in a rule as SigNoz shows it; answers what is kept of it. */
  see(rule: LiveRule): RuleEntry {
    const { clusterId, keyOfRule, ignoredBy } = this.#owners;
    const marker = readMarker(rule.body['source']);
    const key = keyOf(marker, clusterId) ?? keyOfRule(rule.id);
    const entry = key === undefined ? { ...bare(rule), marker } : ruleEntry(rule, ignoredBy(key));
    this.put(entry);
    return entry;
  }

  put(entry: RuleEntry): void {
    this.drop(entry.id);
    this.#rules.set(entry.id, entry);
    const [index, key] = this.#place(entry);
    if (index === undefined) return;
    const entries = index.get(key) ?? new Map<string, RuleEntry>();
    index.set(key, entries.set(entry.id, entry));
  }

  drop(id: string): void {
    const entry = this.#rules.get(id);
    if (!entry) return;
    this.#rules.delete(id);
    const [index, key] = this.#place(entry);
    const entries = index?.get(key);
    entries?.delete(id);
    if (entries?.size === 0) index?.delete(key);
  }

  /** Keys of the objects whose rules are not the same in both. */
  changedSince(before: Inventory | undefined): ReadonlySet<string> {
    const keys = new Set<string>();
    for (const [id, entry] of this.#rules) if (!sameEntry(entry, before?.get(id))) this.#noteOwner(entry, keys);
    for (const [id, entry] of before?.rules() ?? []) if (!this.#rules.has(id)) this.#noteOwner(entry, keys);
    return keys;
  }

  rules(): Iterable<readonly [string, RuleEntry]> {
    return this.#rules;
  }

  #noteOwner({ id, marker }: RuleEntry, keys: Set<string>): void {
    const { clusterId, keyOfRule } = this.#owners;
    for (const key of [keyOf(marker, clusterId), keyOfRule(id)]) if (key !== undefined) keys.add(key);
  }

  #place({ marker, name }: RuleEntry): readonly [Map<string, Map<string, RuleEntry>> | undefined, string] {
    if (!marker) return [this.#unowned, name];
    const key = keyOf(marker, this.#owners.clusterId);
    return key === undefined ? [undefined, ''] : [this.#byKey, key];
  }
}

/** The key of the object that a marker of this cluster names. */
function keyOf(marker: RuleMarker | undefined, clusterId: string): string | undefined {
  return marker?.clusterId === clusterId ? `${marker.namespace}/${marker.name}` : undefined;
}

/** Of a rule that is no object's nobody asks whether it changed: its normal form would cost for nothing. */
function bare({ id, state, disabled, createdAt, updatedAt, updatedBy, body }: LiveRule): Omit<RuleEntry, 'marker'> {
  const name = typeof body['alert'] === 'string' ? body['alert'] : '';
  return { id, name, hash: '', state, disabled, createdAt, updatedAt, updatedBy };
}
