import { isRecord } from '../text/json.ts';
import { canonicalJson } from './canonical-json.ts';
import { exact, type Form, fields, oneOf, plain, set, word } from './forms.ts';

type Fields = Readonly<Record<string, unknown>>;

function spellings(words: Readonly<Record<string, string>>): ReadonlyMap<unknown, string> {
  return new Map(Object.entries(words).flatMap(([name, others]) => others.split(' ').map(spelling => [spelling, name] as const)));
}

/** How a value is compared with its target. */
export const op = oneOf(
  spellings({
    above: '1 >',
    below: '2 <',
    equal: '3 eq =',
    not_equal: '4 not_eq !=',
    above_or_equal: '5 above_or_eq >=',
    below_or_equal: '6 below_or_eq <=',
    outside_bounds: '7',
  }),
);

/** Which of a window's values are compared. */
export const matchType = oneOf(spellings({ at_least_once: '1', all_the_times: '2', on_average: '3 avg', in_total: '4 sum', last: '5' }));

const THRESHOLD = fields(
  new Map<string, Form>([
    ['op', op],
    ['matchType', matchType],
    ['target', exact],
    ['recoveryTarget', exact],
    ['channels', set(plain)],
  ]),
);

/** Thresholds by name: SigNoz changes their order. What is no list of them stays as it is. */
export function thresholds(value: unknown): unknown {
  if (!isRecord(value)) return plain(value);
  const { kind, spec, ...rest } = value;
  const isWire = Array.isArray(spec) && (word(kind) ?? 'basic') === 'basic' && plain(rest) === undefined;
  if (isWire && spec.every(isThreshold)) return nonEmpty(byName(spec).map(([key, item]) => [key, threshold(key, item)] as const));
  const said = Object.entries(value).filter(([, item]) => isRecord(item) || plain(item) !== undefined);
  const keyed = said.flatMap(([key, item]) => (isThreshold(item) ? [[key, threshold(key, item)] as const] : []));
  return keyed.length === said.length ? nonEmpty(keyed) : plain(value);
}

/** The thresholds of a rule as it is written down, each with the name that it has in the normal form; undefined for what is no list of them. */
export function namedThresholds(value: unknown): readonly (readonly [string, Fields])[] | undefined {
  const spec = isRecord(value) ? value['spec'] : undefined;
  return Array.isArray(spec) && spec.every(isThreshold) ? byName(spec) : undefined;
}

function isThreshold(item: unknown): item is Fields {
  return isRecord(item) && (typeof item['name'] === 'string' || plain(item['name']) === undefined);
}

function threshold(key: string, item: Fields): Fields {
  const form = THRESHOLD(plain(item['name']) === key ? { ...item, name: '' } : item);
  return isRecord(form) ? form : {};
}

/** Those of one name are told apart by a number that no other has for a name, in the order of what they say. */
function byName(items: readonly Fields[]): readonly (readonly [string, Fields])[] {
  const groups = Map.groupBy(items, ({ name }) => (typeof name === 'string' ? name.toWellFormed() : ''));
  return [...groups].flatMap(([name, group]) => {
    const keys = freeKeys(name, groups);
    return inOrder(group).map(item => [keys.next().value ?? name, item] as const);
  });
}

function* freeKeys(name: string, taken: ReadonlyMap<string, unknown>): Generator<string, undefined> {
  yield name;
  for (let number = 2; ; number++) {
    const key = `${name} #${number}`;
    if (!taken.has(key)) yield key;
  }
}

function inOrder(group: readonly Fields[]): readonly Fields[] {
  if (group.length === 1) return group;
  return group.toSorted((a, b) => compare(canonicalJson(THRESHOLD(a)), canonicalJson(THRESHOLD(b))));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function nonEmpty(entries: readonly (readonly [string, Fields])[]): unknown {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
