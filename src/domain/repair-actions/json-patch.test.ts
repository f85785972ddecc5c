import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PatchOperation } from '../../crds/repairplaybook/step.ts';
import { patched, tokensOf } from './json-patch.ts';

/** Of RFC 6902, appendix A, and what is easily done wrong. */
it.each<[string, unknown, PatchOperation, unknown]>([
  ['adds a field', { foo: 'bar' }, { op: 'add', path: '/baz', value: 'qux' }, { foo: 'bar', baz: 'qux' }],
  ['adds an entry', { foo: ['bar', 'baz'] }, { op: 'add', path: '/foo/1', value: 'qux' }, { foo: ['bar', 'qux', 'baz'] }],
  ['adds at the end', { foo: ['bar'] }, { op: 'add', path: '/foo/-', value: ['abc'] }, { foo: ['bar', ['abc']] }],
  ['adds behind the last', { foo: ['bar'] }, { op: 'add', path: '/foo/1', value: 'x' }, { foo: ['bar', 'x'] }],
  ['removes a field', { baz: 'qux', foo: 'bar' }, { op: 'remove', path: '/baz' }, { foo: 'bar' }],
  ['removes an entry', { foo: ['bar', 'qux', 'baz'] }, { op: 'remove', path: '/foo/1' }, { foo: ['bar', 'baz'] }],
  ['replaces', { baz: 'qux', foo: 'bar' }, { op: 'replace', path: '/baz', value: 'boo' }, { baz: 'boo', foo: 'bar' }],
  ['replaces an entry', { a: [1, 2] }, { op: 'replace', path: '/a/0', value: 9 }, { a: [9, 2] }],
  ['adds over what is there', { foo: null }, { op: 'add', path: '/foo', value: 1 }, { foo: 1 }],
  ['tests', { foo: { a: 1, b: [2] } }, { op: 'test', path: '/foo', value: { b: [2], a: 1 } }, { foo: { a: 1, b: [2] } }],
  ['tests an entry', { foo: ['a'] }, { op: 'test', path: '/foo/0', value: 'a' }, { foo: ['a'] }],
  ['unescapes in the right order', { '~1': 10 }, { op: 'replace', path: '/~01', value: 11 }, { '~1': 11 }],
  ['goes through entries', { a: [{ b: 1 }] }, { op: 'replace', path: '/a/0/b', value: 2 }, { a: [{ b: 2 }] }],
])('%s', (_, before, operation, after) => {
  const copy = structuredClone(before);
  expect(patched(before, [operation])).toEqual({ is: 'patched', value: after });
  expect(before).toEqual(copy);
});

it.each<[string, unknown, PatchOperation]>([
  ['a missing field', { foo: 1 }, { op: 'replace', path: '/bar', value: 1 }],
  ['a missing field that is to go', { foo: 1 }, { op: 'remove', path: '/bar' }],
  ['a missing way', { foo: 1 }, { op: 'add', path: '/bar/baz', value: 1 }],
  ['a way through a text', { foo: 'x' }, { op: 'add', path: '/foo/0', value: 1 }],
  ['a way through null', { foo: null }, { op: 'add', path: '/foo/0', value: 1 }],
  ['an entry beyond the end', { foo: [1] }, { op: 'add', path: '/foo/2', value: 1 }],
  ['replacing behind the last', { foo: [1] }, { op: 'replace', path: '/foo/1', value: 1 }],
  ['replacing the end', { foo: [1] }, { op: 'replace', path: '/foo/-', value: 1 }],
  ['an index with zeros in front', { foo: [1, 2] }, { op: 'remove', path: '/foo/01' }],
  ['an index that is a word', { foo: [1] }, { op: 'remove', path: '/foo/length' }],
  ['what every object has', {}, { op: 'remove', path: '/constructor' }],
  ['a failed test', { foo: 'hidden' }, { op: 'test', path: '/foo', value: 'guess' }],
  ['a test of a number for a text', { foo: '1' }, { op: 'test', path: '/foo', value: 1 }],
  ['the whole', { foo: 1 }, { op: 'replace', path: '', value: 1 }],
])('refuses %s, and tells no value', (_, before, operation) => {
  const told = patched(before, [operation]);
  expect(told).toMatchObject({ is: 'refused', reason: expect.stringContaining(`${operation.op} ${operation.path} cannot be done: `) });
  expect(JSON.stringify(told)).not.toContain('hidden');
});

it('sets what looks like a prototype as a field like any other', () => {
  const told = patched({ data: {} }, [{ op: 'add', path: '/data/__proto__', value: { polluted: true } }]);
  expect(JSON.stringify(told)).toBe('{"is":"patched","value":{"data":{"__proto__":{"polluted":true}}}}');
  expect(JSON.stringify(Object.keys(Object.getPrototypeOf({})))).toBe('[]');
});

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

it('reads every name back from its token', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), names => {
      expect(tokensOf(names.map(name => `/${escaped(name)}`).join(''))).toEqual(names);
    }),
  );
});
