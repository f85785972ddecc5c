/**
 * Bytes of one JSON value, gathered from the pieces of a longer text. Only its end is looked for; whether it is JSON is said by whoever parses
 * it. All that counts is ASCII, and UTF-8 uses no such byte for anything else.
 */
export interface JsonValueBytes {
  /** Takes what belongs to the value from this place on. The place after its last byte; undefined where the value goes on in the next piece. */
  take(piece: Uint8Array, from: number): number | undefined;
  /** Its text. Throws where it is not UTF-8. */
  text(): string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set(Buffer.from('[{'));
const CLOSING = new Set(Buffer.from(']}'));
/** Ends a number or a word, and is no part of it. */
const AFTER_WORD = new Set(Buffer.from(',]} \t\r\n'));

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function jsonValueBytes(): JsonValueBytes {
  const parts: Uint8Array[] = [];
  let kind: 'nothing yet' | 'word' | 'text' | 'nested' = 'nothing yet';
  let depth = 0;
  let inText = false;
  let escaped = false;

  /** Inside a text: whether this byte is its closing quote. */
  function closesText(byte: number): boolean {
    if (escaped) escaped = false;
    else if (byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) inText = false;
    return !inText;
  }

  function begin(byte: number): void {
    inText = byte === QUOTE;
    if (OPENING.has(byte)) depth = 1;
    kind = inText ? 'text' : depth === 1 ? 'nested' : 'word';
  }

  /** Whether the value ends with this byte. */
  function endsWith(byte: number): boolean {
    if (inText) return closesText(byte) && kind === 'text';
    if (byte === QUOTE) inText = true;
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) depth--;
    return depth === 0;
  }

  function endIn(piece: Uint8Array, from: number): number | undefined {
    for (let at = from; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (kind === 'nothing yet') begin(byte);
      else if (kind === 'word') {
        if (AFTER_WORD.has(byte)) return at;
      } else if (endsWith(byte)) return at + 1;
    }
    return undefined;
  }

  return {
    take(piece, from) {
      const end = endIn(piece, from);
      parts.push(piece.subarray(from, end));
      return end;
    },
    text: () => utf8.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts)),
  };
}
