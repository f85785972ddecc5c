import { type ClassSearch, classEnd, escapeEnd, RegexFault } from './regex-piece.ts';

/** Whether Go understands a regular expression (RE2 syntax), and if so, whether it matches the empty text; else why not. */
export type RegexCheck = { readonly matchesEmpty: boolean } | { readonly problem: string };

/** What is known of a part: enough to judge the whole by Go's own limits (regexp/syntax, parse.go). */
interface Part {
  readonly empty: boolean;
  readonly size: number;
  readonly height: number;
  /** The most that repetitions within repetitions come to. */
  readonly repeats: number;
  readonly literal: boolean;
}

interface Group {
  /** None for `(?:`. */
  readonly captures: boolean;
  branches: Part[];
  parts: Part[];
}

interface Reading {
  readonly source: string;
  at: number;
  readonly groups: Group[];
  /** A repetition has just been read: no second one may follow at once. */
  repeated: boolean;
  readonly classes: ClassSearch;
}

const MOST_REPEATS = 1000;
/** One less than Go's 1000: Prometheus puts its anchors around. */
const DEEPEST = 999;
const LARGEST = 3_355_443;

const LEAF: Part = { empty: false, size: 1, height: 1, repeats: 1, literal: false };
const LITERAL: Part = { ...LEAF, literal: true };
const NOTHING: Part = { ...LEAF, empty: true };

export function regexCheck(source: string): RegexCheck {
  const reading: Reading = { source, at: 0, groups: [group(false)], repeated: false, classes: { noneNamed: false } };
  try {
    while (reading.at < source.length) next(reading);
    const [whole] = reading.groups;
    if (!whole || reading.groups.length > 1) throw new RegexFault('a parenthesis is never closed');
    const part = closed(whole);
    if (part.height > DEEPEST) throw new RegexFault('it nests too deeply');
    if (part.size > LARGEST) throw new RegexFault('its repetitions make it too large');
    return { matchesEmpty: part.empty };
  } catch (err) {
    if (err instanceof RegexFault) return { problem: err.message };
    throw err;
  }
}

function group(captures: boolean): Group {
  return { captures, branches: [], parts: [] };
}

function next(reading: Reading): void {
  const repeated = reading.repeated;
  reading.repeated = false;
  const character = reading.source.charAt(reading.at);
  switch (character) {
    case '(':
      return open(reading);
    case ')':
      return close(reading);
    case '|':
      return branch(reading);
    case '*':
    case '+':
    case '?':
      return repeat(reading, repeated, signed(character));
    case '{': {
      const range = counted(reading);
      return range ? repeat(reading, repeated, range) : add(reading, 1, LITERAL);
    }
    case '[':
      return add(reading, classEnd(reading.source, reading.at, reading.classes) - reading.at, LEAF);
    case '\\':
      return escaped(reading);
    case '^':
    case '$':
      return add(reading, 1, NOTHING);
    case '.':
      return add(reading, 1, LEAF);
    default:
      return add(reading, 1, LITERAL);
  }
}

function add(reading: Reading, length: number, part: Part): void {
  reading.groups.at(-1)?.parts.push(part);
  reading.at += length;
}

function escaped(reading: Reading): void {
  const { source, at } = reading;
  const kind = source.charAt(at + 1);
  if (kind === 'Q') {
    const end = source.indexOf('\\E', at + 2);
    for (let i = at + 2; i < (end === -1 ? source.length : end); i += 1) add(reading, 0, LITERAL);
    reading.at = end === -1 ? source.length : end + 2;
  } else if (/[AzB]/.test(kind)) add(reading, 2, NOTHING);
  else if (kind === 'b') add(reading, 2, LEAF);
  else add(reading, escapeEnd(source, at, { classes: true }) - at, /[dswDSWpP]/.test(kind) ? LEAF : LITERAL);
}

const NAMED = /\(\?P?<([^>]*)>/y;
const FLAGS = /\(\?(?:[imsU]*|[imsU]*-[imsU]+)([:)])/y;

function open(reading: Reading): void {
  const { source, at } = reading;
  if (source.charAt(at + 1) !== '?') {
    reading.groups.push(group(true));
    reading.at += 1;
    return;
  }
  FLAGS.lastIndex = NAMED.lastIndex = at;
  const [flags, end] = FLAGS.exec(source) ?? [];
  if (flags !== undefined) {
    if (end === ':') reading.groups.push(group(false));
    reading.at += flags.length;
    return;
  }
  const [named, name = ''] = NAMED.exec(source) ?? [];
  if (named === undefined || !/^\w+$/.test(name)) throw new RegexFault(`"${source.slice(at, at + 4)}" opens no group that Go knows`);
  reading.groups.push(group(true));
  reading.at += named.length;
}

function close(reading: Reading): void {
  const inner = reading.groups.length > 1 ? reading.groups.pop() : undefined;
  if (!inner) throw new RegexFault('a parenthesis closes none');
  const part = closed(inner);
  const { size, height } = part;
  const captured: Part = { ...part, literal: false, size: size + 2, height: height + 1 };
  add(reading, 1, inner.captures ? captured : part);
}

function branch(reading: Reading): void {
  const current = reading.groups.at(-1);
  if (!current) return;
  current.branches.push(sequence(current.parts));
  current.parts = [];
  reading.at += 1;
}

function closed({ branches, parts }: Group): Part {
  const all = [...branches, sequence(parts)];
  const [only] = all;
  if (only && all.length === 1) return only;
  return {
    empty: all.some(part => part.empty),
    size: sum(all) + all.length - 1,
    height: 1 + highest(all, part => part.height),
    repeats: highest(all, part => part.repeats),
    literal: false,
  };
}

function sequence(parts: readonly Part[]): Part {
  const [only] = parts;
  if (!only) return NOTHING;
  if (parts.length === 1) return only;
  const literal = parts.every(part => part.literal);
  return {
    empty: parts.every(part => part.empty),
    size: sum(parts),
    height: literal ? 1 : 1 + highest(parts, part => part.height),
    repeats: highest(parts, part => part.repeats),
    literal,
  };
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { size }) => total + size, 0);
}

function highest(parts: readonly Part[], of: (part: Part) => number): number {
  return parts.reduce((most, part) => Math.max(most, of(part)), 1);
}

interface Range {
  readonly length: number;
  readonly least: number;
  readonly most: number;
  readonly counted: boolean;
}

function signed(sign: '*' | '+' | '?'): Range {
  return { length: 1, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity, counted: false };
}

const COUNT = /\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/y;

/** `{n}`, `{n,}` or `{n,m}`; anything else in braces is read as it stands. */
function counted({ source, at }: Reading): Range | undefined {
  COUNT.lastIndex = at;
  const found = COUNT.exec(source);
  if (!found) return undefined;
  const [whole, least, comma, most] = found;
  const limit = most ?? (comma === undefined ? least : 'Infinity');
  return { length: whole.length, least: Number(least), most: Number(limit), counted: true };
}

function repeat(reading: Reading, repeated: boolean, range: Range): void {
  const written = reading.source.slice(reading.at, reading.at + range.length);
  const fault = sizeFault(range);
  if (fault !== undefined) throw new RegexFault(`the repetition ${written} ${fault}`);
  const parts = reading.groups.at(-1)?.parts;
  const part = parts?.pop();
  if (!parts || !part) throw new RegexFault(`there is nothing before ${written} that it could repeat`);
  if (repeated) throw new RegexFault(`${written} repeats a repetition`);
  parts.push(range.counted ? times(part, range) : signedTimes(part, range));
  reading.at += range.length;
  if (reading.source.charAt(reading.at) === '?') reading.at += 1;
  reading.repeated = true;
}

function sizeFault({ counted, least, most }: Range): string | undefined {
  if (!counted) return undefined;
  if (least > most) return 'ends before it begins';
  return least > MOST_REPEATS || (Number.isFinite(most) && most > MOST_REPEATS) ? `is of more than ${MOST_REPEATS}` : undefined;
}

function signedTimes(part: Part, { least }: Range): Part {
  return { ...part, empty: part.empty || least === 0, size: part.size + 2, height: part.height + 1, literal: false };
}

function times(part: Part, { least, most }: Range): Part {
  const bound = Number.isFinite(most) ? most : least;
  const size = Number.isFinite(most) ? most * part.size + most - least : least * part.size + 2;
  const repeats = most === 0 ? 1 : part.repeats * Math.max(1, bound);
  if (bound >= 2 && repeats > MOST_REPEATS) throw new RegexFault(`repetitions within repetitions come to more than ${MOST_REPEATS}`);
  return { empty: part.empty || least === 0, size: Math.max(1, size), height: part.height + 1, repeats, literal: false };
}
