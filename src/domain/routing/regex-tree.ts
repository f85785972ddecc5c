/** What an expression says, as far as matching goes. Groups and lazy quantifiers say nothing there. */
export type RegexTree =
  | { readonly is: 'character'; readonly matches: (character: string) => boolean }
  /** Takes no character; asks for what stands before and after, which is undefined at the ends of the text. */
  | { readonly is: 'assertion'; readonly holds: (before: string | undefined, after: string | undefined) => boolean }
  | { readonly is: 'sequence' | 'choice'; readonly of: readonly RegexTree[] }
  | { readonly is: 'repeat'; readonly of: RegexTree; readonly least: number; readonly most: number };

/** One piece of JavaScript's syntax with the flag u; what RE2 does not have (looking around, references back) is none. */
const PIECE =
  /\((?!\?)|\(\?<[A-Za-z_]\w*>|\(\?([ims]*)(?:-([ims]+))?:|\[(?:\\[\s\S]|[^\]\\])*\]|\\(?:u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|[pP]\{\w+\}|[^0-9kux])|[^\\[(]/uy;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(,(\d*))?\})\??/uy;
/** RE2's own limit (regexp/syntax, maxHeight). */
const DEEPEST = 1000;

interface Reader {
  readonly source: string;
  at: number;
  depth: number;
}

/** Reads an expression that JavaScript accepts with the flag u. Undefined where it says something that this tree cannot. */
export function regexTree(source: string, flags: string): RegexTree | undefined {
  const reader: Reader = { source, at: 0, depth: 0 };
  const tree = choice(reader, flags);
  return reader.at === source.length ? tree : undefined;
}

function choice(reader: Reader, flags: string): RegexTree | undefined {
  const of: RegexTree[] = [];
  do {
    const branch = sequence(reader, flags);
    if (!branch) return undefined;
    of.push(branch);
  } while (taken(reader, '|'));
  return { is: 'choice', of };
}

function sequence(reader: Reader, flags: string): RegexTree | undefined {
  const of: RegexTree[] = [];
  while (reader.at < reader.source.length && !'|)'.includes(reader.source.charAt(reader.at))) {
    const piece = onePiece(reader, flags);
    if (!piece) return undefined;
    of.push(quantified(reader, piece));
  }
  return { is: 'sequence', of };
}

function onePiece(reader: Reader, flags: string): RegexTree | undefined {
  PIECE.lastIndex = reader.at;
  const [piece, on = '', off = ''] = PIECE.exec(reader.source) ?? [];
  if (piece === undefined) return undefined;
  reader.at += piece.length;
  if (!piece.startsWith('(')) return assertion(piece, flags) ?? character(piece, flags);
  reader.depth += 1;
  const inner = reader.depth > DEEPEST ? undefined : choice(reader, flagsWithin(flags, on, off));
  reader.depth -= 1;
  return inner && taken(reader, ')') ? inner : undefined;
}

function flagsWithin(flags: string, on: string, off: string): string {
  return [...new Set(`${flags}${on}`)].filter(flag => !off.includes(flag)).join('');
}

function taken(reader: Reader, text: string): boolean {
  if (!reader.source.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}

function quantified(reader: Reader, of: RegexTree): RegexTree {
  QUANTIFIER.lastIndex = reader.at;
  const [whole, sign, count, range, limit] = QUANTIFIER.exec(reader.source) ?? [];
  if (whole === undefined) return of;
  reader.at += whole.length;
  if (sign !== undefined) return { is: 'repeat', of, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity };
  const least = Number(count);
  return { is: 'repeat', of, least, most: range === undefined ? least : Number(limit || Infinity) };
}

function assertion(piece: string, flags: string): RegexTree | undefined {
  const lines = flags.includes('m');
  if (piece === '^') return { is: 'assertion', holds: before => before === undefined || (lines && before === '\n') };
  if (piece === '$') return { is: 'assertion', holds: (_, after) => after === undefined || (lines && after === '\n') };
  if (piece === String.raw`\b`) return { is: 'assertion', holds: (before, after) => isWord(before) !== isWord(after) };
  if (piece === String.raw`\B`) return { is: 'assertion', holds: (before, after) => isWord(before) === isWord(after) };
  return undefined;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^\w$/.test(character);
}

/** A literal is compared, the rest is left to JavaScript: of a single character it has nothing to go back over. */
function character(piece: string, flags: string): RegexTree {
  if (!/[\\[.]/.test(piece) && !flags.includes('i')) return { is: 'character', matches: found => found === piece };
  const one = new RegExp(`^${piece}$`, [...new Set(`${flags}u`)].join(''));
  return { is: 'character', matches: found => one.test(found) };
}
