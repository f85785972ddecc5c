import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListFault, listScanner } from './list-scanner.ts';

/** What is seen of these bytes in pieces of such sizes, the last size over and over. */
function scanned(bytes: Uint8Array, sizes: readonly number[] = [bytes.length || 1]): unknown[] {
  const seen: unknown[] = [];
  const scanner = listScanner(element => seen.push(element));
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[Math.min(n, sizes.length - 1)] ?? 1;
    scanner.take(bytes.subarray(at, at + size));
    at += size;
  }
  scanner.end();
  return seen;
}

const faultOf = (text: string | Uint8Array): string => {
  try {
    return `none, but ${JSON.stringify(scanned(Buffer.from(text)))}`;
  } catch (err) {
    return err instanceof ListFault ? err.message : `not a ListFault: ${String(err)}`;
  }
};
const list = (data: unknown, { space = 0, first = false } = {}): Buffer =>
  Buffer.from(JSON.stringify(first ? { data, status: 'success' } : { status: 'success', data }, null, space));

/** Every plane, both halves of surrogate pairs, and all that has a meaning in JSON. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '\\"', '\n', '\u0000', 'é', '😀', '\u2028', '\uFEFF') }),
);
const lists = fc.array(
  fc.oneof(
    fc.dictionary(texts, fc.jsonValue({ stringUnit: 'binary' })),
    fc.jsonValue({ stringUnit: 'binary' }),
    fc.record({ id: texts, labels: fc.dictionary(texts, texts), deep: fc.array(fc.array(texts)) }),
  ),
  { maxLength: 12 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
const form = fc.record({ space: fc.integer({ min: 0, max: 3 }), first: fc.boolean() });

describe('any list is seen as JSON.parse sees it', () => {
  it('however it is cut into pieces', () => {
    fc.assert(
      fc.property(lists, sizes, form, (given, pieces, how) => {
        const data: unknown = JSON.parse(JSON.stringify(given));
        expect(scanned(list(given, how), pieces)).toEqual(data);
      }),
      { numRuns: 1000 },
    );
  });

  it('whatever else is in the answer, and in any order', () => {
    const text = ' {"n":1.5e3, "no":null,"o":{"data":[1,"]"]},"data" :\r\n[ ] , "status":"success","t":true}\n';
    expect(scanned(Buffer.from(text), [1])).toEqual([]);
  });
});

describe('an answer that is not whole is a fault', () => {
  it('wherever it is cut', () => {
    fc.assert(
      fc.property(lists, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), sizes, form, (given, share, pieces, how) => {
        const bytes = list(given, how);
        expect(() => scanned(bytes.subarray(0, Math.floor(bytes.length * share)), pieces)).toThrow(ListFault);
      }),
      { numRuns: 1000 },
    );
  });

  it('at each byte of one of them', () => {
    const bytes = list([{ id: 'a"\\', n: -1.5, ok: true, none: null, deep: [[{}], '}😀'] }, 12, 'x']);
    for (let end = 0; end < bytes.length; end++) expect(faultOf(bytes.subarray(0, end))).toMatch(/^it is cut off after \d elements$/);
  });

  it('and so is one in which a byte was changed into what JSON.parse would not take, or lost', () => {
    fc.assert(
      fc.property(lists, fc.nat(), fc.option(fc.integer({ min: 0, max: 255 })), sizes, (given, place, byte, pieces) => {
        const bytes = list(given);
        const at = place % bytes.length;
        const broken = Buffer.concat([bytes.subarray(0, at), Buffer.from(byte === null ? [] : [byte]), bytes.subarray(at + 1)]);
        expect(scannedOrNone(broken, pieces)).toEqual(strictly(broken));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['', 'it is cut off after 0 elements'],
    ['{"status":"success","data":[]}{', 'it is no JSON any more after 0 elements'],
    ['{"status":"success","data":[1]}x', 'it is no JSON any more after 1 elements'],
    ['{"status":"success","data":[1,]}', 'it is no JSON any more after 1 elements'],
    ['{"status":"success","data":[,1]}', 'it is no JSON any more after 0 elements'],
    ['{"status":"success","data":[1 2]}', 'it is no JSON any more after 1 elements'],
    ['{"status":"success","data":[1}]', 'it is no JSON any more after 1 elements'],
    ['{"status":"success","data":[{"a":01}]}', 'it is no JSON any more after 0 elements'],
    ['{"status":"success","data":[],}', 'it is no JSON any more after 0 elements'],
    ['{"status":"success" "data":[]}', 'it is no JSON any more after 0 elements'],
    ['{status:"success","data":[]}', 'it is no JSON any more after 0 elements'],
    ['{1:"success","data":[]}', 'it is no JSON any more after 0 elements'],
    ['[]', 'it is no JSON any more after 0 elements'],
    ['\uFEFF{"status":"success","data":[]}', 'it is no JSON any more after 0 elements'],
    ['{"status":"error","data":[]}', 'its status is not "success"'],
    ['{"data":[]}', 'its status is not "success"'],
    ['{"status":"success"}', 'its data is not a list'],
    ['{"status":"success","data":null}', 'its data is not a list'],
    ['{"status":"success","data":{"rules":[]}}', 'its data is not a list'],
    ['{"status":"success","data":[],"data":[]}', 'it has "data" twice'],
    ['{"status":"success","data":1,"data":[]}', 'it has "data" twice'],
  ])('%s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('in bytes that are no UTF-8', () => {
    expect(faultOf(Buffer.from('{"status":"success","data":["\xff"]}', 'latin1'))).toBe('it is no JSON any more after 0 elements');
  });
});

function scannedOrNone(bytes: Uint8Array, pieces: readonly number[]): unknown[] | undefined {
  try {
    return scanned(bytes, pieces);
  } catch (err) {
    if (err instanceof ListFault) return undefined;
    throw err;
  }
}

/** The list as JSON.parse reads it; undefined where it is no whole one. */
function strictly(bytes: Buffer): unknown[] | undefined {
  try {
    const { status, data, ...rest } = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return status === 'success' && Array.isArray(data) && Object.keys(rest).length === 0 ? data : undefined;
  } catch {
    return undefined;
  }
}

it('hands each element over before the next one is there', () => {
  const seen: unknown[] = [];
  const scanner = listScanner(element => seen.push(element));
  scanner.take(Buffer.from('{"status":"success","data":[{"a":1}'));
  expect(seen).toEqual([{ a: 1 }]);
});

it('lets what its caller throws through', () => {
  const scanner = listScanner(() => {
    throw new Error('of the caller');
  });
  expect(() => scanner.take(list([1]))).toThrow('of the caller');
});
