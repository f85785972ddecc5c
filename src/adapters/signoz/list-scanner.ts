import { type JsonValueBytes, jsonValueBytes } from './json-value.ts';

export interface ListScanner {
  /** The next piece of the answer. Throws a ListFault at the first byte that cannot be right. */
  take(piece: Uint8Array): void;
  /** Throws a ListFault unless the answer was whole, and a success. */
  end(): void;
}

/** Why a list is none that SigNoz sent whole; the message says where. */
export class ListFault extends Error {
  override readonly name = 'ListFault';
}

type State = 'start' | 'first key' | 'key' | 'colon' | 'value' | 'comma' | 'first element' | 'element' | 'element comma' | 'whole';

/** Where a byte of punctuation leads, by state; what is not here is a value or a fault. */
const PUNCTUATION: Readonly<Record<State, Readonly<Record<string, State>>>> = {
  start: { '{': 'first key' },
  'first key': { '}': 'whole' },
  key: {},
  colon: { ':': 'value' },
  value: {},
  comma: { ',': 'key', '}': 'whole' },
  'first element': { ']': 'comma' },
  element: {},
  'element comma': { ',': 'element', ']': 'comma' },
  whole: {},
};
const KEYS: ReadonlySet<State> = new Set<State>(['first key', 'key']);
const VALUES: ReadonlySet<State> = new Set<State>(['value', 'first element', 'element']);
const BLANKS = new Set(Buffer.from(' \t\r\n'));

/**
 * Reads `{"status":"success","data":[…]}` as it comes, without ever holding the whole: each element of `data` is parsed alone and handed over.
 * It accepts exactly what JSON.parse would, of this shape.
 */
export function listScanner(see: (element: unknown) => void): ListScanner {
  const members = new Map<string, unknown>();
  let state: State = 'start';
  let value: JsonValueBytes | undefined;
  let key = '';
  let seen = 0;

  const broken = (): ListFault => new ListFault(`it is no JSON any more after ${seen} elements`);

  function setMember(given: unknown): void {
    if (members.has(key)) throw new ListFault(`it has ${JSON.stringify(key.slice(0, 40))} twice`);
    members.set(key, given);
  }

  function finished(parsed: unknown): void {
    if (KEYS.has(state)) {
      key = String(parsed);
      state = 'colon';
    } else if (state === 'value') {
      setMember(parsed);
      state = 'comma';
    } else {
      state = 'element comma';
      seen++;
      see(parsed);
    }
  }

  /** A byte between values. True where a value begins with it. */
  function beginsValue(byte: number): boolean {
    const character = String.fromCharCode(byte);
    const isList = state === 'value' && key === 'data' && character === '[';
    if (isList) setMember(LIST);
    const next = isList ? 'first element' : PUNCTUATION[state][character];
    if (next === undefined) {
      if (KEYS.has(state) ? character !== '"' : !VALUES.has(state)) throw broken();
      return true;
    }
    state = next;
    return false;
  }

  return {
    take(piece) {
      let at: number | undefined = 0;
      while (at < piece.length) {
        const byte: number = piece[at] ?? 0;
        if (!value && (BLANKS.has(byte) || !beginsValue(byte))) {
          at++;
          continue;
        }
        value ??= jsonValueBytes();
        at = value.take(piece, at);
        if (at === undefined) return;
        const whole = value;
        value = undefined;
        finished(parsedValue(whole, broken));
      }
    },
    end() {
      if (state !== 'whole') throw new ListFault(`it is cut off after ${seen} elements`);
      checkMembers(members);
    },
  };
}

function checkMembers(members: ReadonlyMap<string, unknown>): void {
  if (members.get('status') !== 'success') throw new ListFault('its status is not "success"');
  if (members.get('data') !== LIST) throw new ListFault('its data is not a list');
}

/** Stands for the list among the members, for the list itself is kept by nobody. */
const LIST = Symbol('the list');

function parsedValue(value: JsonValueBytes, broken: () => ListFault): unknown {
  try {
    return JSON.parse(value.text());
  } catch {
    throw broken();
  }
}
