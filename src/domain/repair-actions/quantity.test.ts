import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Quantity, quantityOf, sensible, times, wholeTimes, written } from './quantity.ts';

function quantity(text: string): Quantity {
  const read = quantityOf(text);
  if (!read) throw new Error(`${text} is no quantity`);
  return read;
}

it.each([
  ['0', 0n],
  ['1', 1_000_000_000n],
  ['100m', 100_000_000n],
  ['1.5', 1_500_000_000n],
  ['1.', 1_000_000_000n],
  ['1e3', 1_000_000_000_000n],
  ['15E-1', 1_500_000_000n],
  ['2E', 2n * 10n ** 27n],
  ['7n', 7n],
  ['0.1n', 1n],
  ['1Ki', 1_024_000_000_000n],
  ['0.5Gi', (1n << 29n) * 1_000_000_000n],
  ['8Ei', (1n << 63n) * 1_000_000_000n],
])('reads %s', (text, nano) => {
  expect(quantityOf(text)?.nano).toBe(nano);
});

it.each(['', '-1', '+1', '1KI', '1ki', 'Mi', '1 Gi', '1e', '1e1000', '0x10', 'constructor', '1constructor', null, {}, Number.NaN])(
  'knows that %s is none',
  text => {
    expect(quantityOf(text)).toBeUndefined();
  },
);

it.each([
  ['1024Mi', '1Gi'],
  ['1536Mi', '1536Mi'],
  ['1000', '1k'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['0.5Gi', '512Mi'],
  ['1000Ki', '1000Ki'],
  ['1024', '1024'],
  ['0Gi', '0'],
  ['0.0001Ki', '102400u'],
])('writes %s as the API server does: %s', (text, as) => {
  expect(written(quantity(text))).toBe(as);
});

describe('a raised limit', () => {
  it.each([
    ['100Mi', 1.5, 'memory', '150Mi'],
    ['333Mi', 1.5, 'memory', '500Mi'],
    ['1Gi', 1.5, 'memory', '1536Mi'],
    ['1Mi', 1.5, 'memory', '1536Ki'],
    ['3', 1.5, 'memory', '5'],
    ['500M', 1.1, 'memory', '550M'],
    ['1G', 1.0001, 'memory', '1001M'],
    ['500m', 1.5, 'cpu', '750m'],
    ['1', 1.5, 'cpu', '1500m'],
    ['1', 2, 'cpu', '2'],
    ['1m', 1.1, 'cpu', '2m'],
  ] as const)('of %s times %s of %s is %s', (from, factor, resource, to) => {
    expect(written(sensible(times(quantity(from), factor), resource))).toBe(to);
  });
});

const anyQuantity = fc.record({ nano: fc.bigInt({ min: 0n, max: 1n << 90n }), binary: fc.boolean() });
/** As people write them. */
const anyFactor = fc.integer({ min: 1_000, max: 16_000 }).map(thousandths => thousandths / 1_000);

it('reads what it writes', () => {
  fc.assert(
    fc.property(anyQuantity, q => {
      expect(quantity(written(q)).nano).toBe(q.nano);
    }),
  );
});

it('multiplies exactly, rounding up beyond the billionth alone', () => {
  fc.assert(
    fc.property(anyQuantity, anyFactor, (q, factor) => {
      const exact = q.nano * BigInt(Math.round(factor * 1_000));
      const { nano } = times(q, factor);
      expect(nano * 1_000n >= exact && nano * 1_000n - exact < 1_000n).toBe(true);
    }),
  );
});

it('rounds up, by less than one part in 64 or a whole unit, to what is sensible already', () => {
  fc.assert(
    fc.property(anyQuantity, fc.constantFrom('memory', 'cpu'), (q, resource) => {
      const { nano, binary } = sensible(q, resource);
      const unit = resource === 'cpu' ? 1_000_000n : 1_000_000_000n;
      expect(sensible({ nano, binary }, resource).nano).toBe(nano);
      return nano >= q.nano && (nano - q.nano < unit || (nano - q.nano) * 64n < q.nano);
    }),
  );
});

it('takes whole replicas upward', () => {
  expect([wholeTimes(3, 1.5), wholeTimes(10, 1.1), wholeTimes(1, 1.001), wholeTimes(4, 2), wholeTimes(100, 1.1)]).toEqual([
    5, 11, 2, 8, 110,
  ]);
});
