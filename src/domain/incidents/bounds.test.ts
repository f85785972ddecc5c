import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ingestOf } from '../../../test/builders/ingest.ts';
import { plainId, storable } from './bounds.ts';

const { alert } = ingestOf();

it('leaves an ordinary alert as it is', () => {
  expect(storable(alert)).toEqual(alert);
});

it('keeps whatever comes well-formed and below a bound', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\udfff', 'x'.repeat(40_000), '__proto__'));
  const texts = fc.array(fc.tuple(text, text), { maxLength: 30 }).map(pairs => Object.fromEntries(pairs));
  fc.assert(
    fc.property(text, texts, (name, labels) => {
      const kept = storable({ ...alert, name, labels, annotations: labels, fingerprint: name, occurrence: name, requestId: name });
      expect(
        [kept.name, ...Object.entries(kept.labels).flat(), ...Object.entries(kept.annotations).flat()].every(each => each.isWellFormed()),
      ).toBe(true);
      const length = Object.entries(kept.labels).flat().join('').length;
      expect(length).toBeLessThanOrEqual(131_072 + 30);
      expect([kept.fingerprint, kept.occurrence, kept.requestId].every(id => id !== undefined && /^[\w.:@/-]+$/.test(id))).toBe(true);
    }),
  );
});

it('cuts visibly, and drops a link that it would have to cut', () => {
  const kept = storable({ ...alert, labels: { long: 'x'.repeat(50_000) }, links: { runbook: `https://e.example/${'x'.repeat(50_000)}` } });
  expect(kept.labels['long']).toMatch(/^x{16000,} … \[cut by awoooi-operator\]$/);
  expect(kept.labels['long']).toHaveLength(16_384);
  expect(kept.links).toEqual({});
});

it('tells long ids apart', () => {
  const long = 'x'.repeat(500);
  expect(plainId(long)).not.toBe(plainId(`${long}y`));
  expect(plainId('ab|c')).not.toBe(plainId('ab|d'));
  expect(plainId('9f86d081884c7d65')).toBe('9f86d081884c7d65');
});
