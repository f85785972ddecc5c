/** Why Go refuses a regular expression: the end of a sentence. */
export class RegexFault extends Error {
  override readonly name = 'RegexFault';
}

const POSIX = /\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/y;
const GROUP = /\\[dswDSW]|\\[pP](?:\{\^?[A-Za-z_]*\}|[A-Za-z])/y;
const ESCAPE = /\\(?:([1-7][0-7]{1,2}|0[0-7]{0,2})|x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|([afnrtv])|([^0-9A-Za-z\u0080-\u{10ffff}]))/uy;
const BACKSLASH = 0x5c;
const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
/** Script names of four letters. All others of that length are ISO codes, which JavaScript takes for a script and Go does not. */
const SHORT_SCRIPTS = new Set(['Ahom', 'Cham', 'Kawi', 'Lisu', 'Modi', 'Newa', 'Thai', 'Toto']);

/** Where the escape that begins here ends. A group of characters such as `\d` counts where `classes` says so. */
export function escapeEnd(source: string, at: number, { classes }: { readonly classes: boolean }): number {
  const group = classes ? match(GROUP, source, at)?.[0] : undefined;
  if (group !== undefined) {
    if (/^\\[pP]/.test(group)) unicodeGroup(group);
    return at + group.length;
  }
  return character(source, at).to;
}

/** Whether the rest of the text has no `:]`: looking again for every `[:` would take the square of its length. */
export interface ClassSearch {
  noneNamed: boolean;
}

/** Where the class that begins here with a bracket ends. */
export function classEnd(source: string, from: number, search: ClassSearch): number {
  let at = from + (source.charAt(from + 1) === '^' ? 2 : 1);
  for (let first = true; first || source.charAt(at) !== ']'; first = false) {
    const group = match(POSIX, source, at)?.[0] ?? match(GROUP, source, at)?.[0];
    if (group === undefined) {
      refuseUnknownClass(source, at, search);
      at = memberEnd(source, at);
    } else {
      if (/^\\[pP]/.test(group)) unicodeGroup(group);
      at += group.length;
    }
  }
  return at + 1;
}

function refuseUnknownClass(source: string, at: number, search: ClassSearch): void {
  if (search.noneNamed || !source.startsWith('[:', at)) return;
  const end = source.indexOf(':]', at + 2);
  search.noneNamed = end === -1;
  if (end !== -1) throw new RegexFault(`there is no class ${source.slice(at, Math.min(end + 2, at + 40))}`);
}

/** One character of a class, or a span of them. */
function memberEnd(source: string, at: number): number {
  const low = character(source, at);
  if (source.charAt(low.to) !== '-' || low.to + 1 >= source.length || source.charAt(low.to + 1) === ']') return low.to;
  const high = character(source, low.to + 1);
  if (high.code < low.code) throw new RegexFault(`the span ${source.slice(at, high.to)} runs backwards`);
  return high.to;
}

function character(source: string, at: number): { readonly code: number; readonly to: number } {
  const code = source.codePointAt(at);
  if (code === undefined) throw new RegexFault('a class is never closed');
  if (code !== BACKSLASH) return { code, to: at + (code > 0xffff ? 2 : 1) };
  if (at + 1 >= source.length) throw new RegexFault('it ends with a backslash');
  const found = match(ESCAPE, source, at);
  if (!found) throw new RegexFault(`Go knows no escape \\${String.fromCodePoint(source.codePointAt(at + 1) ?? 0)} there`);
  return { code: spelled(found), to: at + found[0].length };
}

function spelled([whole, octal, long, short, control, itself]: RegExpExecArray): number {
  if (octal !== undefined) return Number.parseInt(octal, 8);
  if (control !== undefined) return CONTROLS[control] ?? 0;
  const hex = long ?? short;
  if (hex === undefined) return itself?.codePointAt(0) ?? 0;
  const code = Number.parseInt(hex, 16);
  if (code > 0x10ffff) throw new RegexFault(`${whole} is no character`);
  return code;
}

function unicodeGroup(group: string): void {
  const name = group.slice(2).replaceAll(/[{^}]/g, '');
  if (['Any', 'ASCII', 'Assigned'].includes(name) || isProperty(`gc=${name}`)) return;
  if (name.length === 4 && !SHORT_SCRIPTS.has(name)) throw new RegexFault(`there is no group ${group}`);
  if (name.startsWith('Q') || !isProperty(`sc=${name}`)) throw new RegexFault(`there is no group ${group}`);
}

/** JavaScript knows the same tables. */
function isProperty(expression: string): boolean {
  try {
    return new RegExp(`\\p{${expression}}`, 'u').flags === 'u';
  } catch {
    return false;
  }
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}
