import fc from 'fast-check';
import { expect, it } from 'vitest';
import { markerText, readMarker, sameOwner } from './marker.ts';

const part = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => text.isWellFormed());
const marker = fc.record({ clusterId: part, namespace: part, name: part, uid: part }, { requiredKeys: ['clusterId', 'namespace', 'name'] });

it.each([
  [{ clusterId: 'prod', namespace: 'monitoring', name: 'api', uid: '8d1f-1' }, 'awoooi://prod/monitoring/api/8d1f-1'],
  [{ clusterId: 'prod', namespace: 'monitoring', name: 'api' }, 'awoooi://prod/monitoring/api'],
  [{ clusterId: 'eu/1', namespace: 'a b', name: '規則', uid: '%' }, 'awoooi://eu%2F1/a%20b/%E8%A6%8F%E5%89%87/%25'],
])('writes %j as %s and reads it back', (given, text) => {
  expect(markerText(given)).toBe(text);
  expect(readMarker(text)).toEqual(given);
});

it('reads back whatever it wrote', () => {
  fc.assert(
    fc.property(marker, given => {
      expect(readMarker(markerText(given))).toEqual(given);
    }),
  );
});

it.each([
  '',
  'https://signoz.example.com/alerts/new',
  'awoooi://',
  'awoooi://prod',
  'awoooi://prod/monitoring',
  'awoooi://prod/monitoring/',
  'awoooi:///monitoring/api',
  'awoooi://prod/monitoring/api/',
  'awoooi://prod/monitoring/api/uid/more',
  'awoooi://prod/monitoring/api/uid/',
  'AWOOOI://prod/monitoring/api/uid',
  ' awoooi://prod/monitoring/api/uid',
  'awoooi://prod/monitoring/api/uid ',
  'awoooi://prod/monitoring/a%70i/uid',
  'awoooi://prod/monitoring/api%2/uid',
  'awoooi://prod/monitoring/api%FF/uid',
  'awoooi://prod/monitoring/api/uid?x=1',
  'awoooi://prod/monitoring/%e8%a6%8f',
])('reads no marker in %j', source => {
  expect(readMarker(source)).toBeUndefined();
});

it.each([undefined, null, 1, {}, ['awoooi://a/b/c']])('reads no marker in %j, which is no text', source => {
  expect(readMarker(source)).toBeUndefined();
});

it('knows an owner whatever its uid', () => {
  const one = { clusterId: 'c', namespace: 'n', name: 'x' };
  expect(sameOwner({ ...one, uid: '1' }, { ...one, uid: '2' })).toBe(true);
  expect(sameOwner(one, { ...one, uid: '2' })).toBe(true);
  expect(sameOwner(one, { ...one, clusterId: 'd' })).toBe(false);
  expect(sameOwner(one, { ...one, namespace: 'd' })).toBe(false);
  expect(sameOwner(one, { ...one, name: 'd' })).toBe(false);
});
