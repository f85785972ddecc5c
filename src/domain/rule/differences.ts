import type { RuleBody } from '../ports/signoz-rules.ts';
import { isRecord } from '../text/json.ts';
import { canonicalJson, canonicalJsonWithout, hasPlaces } from './canonical-json.ts';
import { type Places, placesOf, pointerTo } from './pointer.ts';

export interface RuleDifference {
  /** Where, as a JSON Pointer (RFC 6901) into the normal form. */
  readonly pointer: string;
  /** Absent where there should be nothing. */
  readonly want?: unknown;
  /** Absent where there is nothing. */
  readonly have?: unknown;
}

interface Pair {
  readonly pointer: string;
  readonly want: unknown;
  readonly have: unknown;
  /** What is left out here and below. */
  readonly leftOut: Places | undefined;
}

/** The deepest places where two normal forms differ, sorted; `ignore` are JSON Pointers, each of a place left out with all below it. */
export function differences(want: RuleBody, have: RuleBody, ignore: readonly string[] = []): readonly RuleDifference[] {
  const leftOut = ignore.length === 0 ? undefined : placesOf(ignore);
  return [...between({ pointer: '', want, have, leftOut })].toSorted((a, b) => (a.pointer < b.pointer ? -1 : 1));
}

function* between(pair: Pair): Generator<RuleDifference> {
  const { pointer, want, have, leftOut } = pair;
  if (want === have || leftOut?.isOne) return;
  if (bothAre(pair, isRecord)) yield* ofMembers(pair);
  else if (bothAre(pair, isListOfPlaces)) yield* ofItems(pair);
  else if (want === undefined) yield { pointer, have };
  else if (have === undefined) yield { pointer, want };
  else if (textOf(want, leftOut) !== textOf(have, leftOut)) yield { pointer, want, have };
}

function textOf(value: unknown, leftOut: Places | undefined): string {
  return leftOut ? canonicalJsonWithout(value, leftOut) : canonicalJson(value);
}

/** Nothing counts as an empty object or list: its fields are named one by one. But an empty one says by itself that it is there. */
function bothAre({ want, have, leftOut }: Pair, is: (value: unknown) => boolean): boolean {
  if (want !== undefined && have !== undefined) return is(want) && is(have);
  const only = want ?? have;
  return is(only) && (leftOut !== undefined || Object.keys(only ?? {}).length > 0);
}

function isListOfPlaces(value: unknown): boolean {
  return Array.isArray(value) && hasPlaces(value);
}

function* ofMembers({ pointer, want, have, leftOut }: Pair): Generator<RuleDifference> {
  const wanted = isRecord(want) ? want : {};
  const had = isRecord(have) ? have : {};
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(had)])) {
    const member = (of: Readonly<Record<string, unknown>>): unknown => (Object.hasOwn(of, name) ? of[name] : undefined);
    yield* between({ pointer: pointerTo(pointer, name), want: member(wanted), have: member(had), leftOut: leftOut?.below.get(name) });
  }
}

function* ofItems({ pointer, want, have, leftOut }: Pair): Generator<RuleDifference> {
  const wanted: readonly unknown[] = Array.isArray(want) ? want : [];
  const had: readonly unknown[] = Array.isArray(have) ? have : [];
  for (let index = 0; index < Math.max(wanted.length, had.length); index++) {
    const at = pointerTo(pointer, String(index));
    const place = leftOut?.below.get(String(index));
    if (place?.isOne) continue;
    // An item more or less is one difference: none of its fields can be had without it.
    if (index >= had.length) yield { pointer: at, want: wanted[index] };
    else if (index >= wanted.length) yield { pointer: at, have: had[index] };
    else yield* between({ pointer: at, want: wanted[index], have: had[index], leftOut: place });
  }
}
