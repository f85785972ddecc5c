import type { LiveRule } from '../ports/signoz-rules.ts';
import { type RuleMarker, readMarker } from './marker.ts';
import { normalForm } from './normal-form.ts';
import { ruleHash } from './rule-hash.ts';

/** What is kept of a rule in SigNoz: all that says whether it is as it should be. Ten thousand of them are held. */
export interface RuleEntry {
  readonly id: string;
  readonly name: string;
  /** Whose it is; undefined where no object owns it. */
  readonly marker: RuleMarker | undefined;
  /** Of its normal form, without what its object ignores. */
  readonly hash: string;
  readonly state: string;
  readonly disabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** The entry of a rule, `ignore` being the JSON Pointers that do not count. */
export function ruleEntry({ body, ...rule }: LiveRule, ignore: readonly string[]): RuleEntry {
  const { id, state, disabled, createdAt, updatedAt, updatedBy } = rule;
  const name = typeof body['alert'] === 'string' ? body['alert'] : '';
  const hash = ruleHash(normalForm(body), ignore);
  return { id, name, marker: readMarker(body['source']), hash, state, disabled, createdAt, updatedAt, updatedBy };
}

/** Whether SigNoz shows the same in both. */
export function sameEntry(a: RuleEntry | undefined, b: RuleEntry | undefined): boolean {
  if (!a || !b) return a === b;
  return a.hash === b.hash && a.state === b.state && a.disabled === b.disabled && a.updatedAt === b.updatedAt && a.id === b.id;
}

/** The oldest first; ids of SigNoz are in the order of time too. */
export function byAge(a: RuleEntry, b: RuleEntry): number {
  const [before, after] = [Date.parse(a.createdAt), Date.parse(b.createdAt)];
  if (before !== after && !Number.isNaN(before) && !Number.isNaN(after)) return before - after;
  return a.id < b.id ? -1 : 1;
}
