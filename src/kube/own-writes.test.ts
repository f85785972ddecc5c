import { beforeEach, describe, expect, it } from 'vitest';
import { atLeast, OwnWrites } from './own-writes.ts';
import type { KubeMeta, KubeObject } from './reconcile.ts';

const KEY = 'ns/a';
let clock = 0;
let own: OwnWrites<KubeObject>;

beforeEach(() => {
  clock = 0;
  own = new OwnWrites(5000, () => clock);
});

function at(resourceVersion: string, meta: Partial<KubeMeta> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'K', metadata: { name: 'a', namespace: 'ns', uid: 'u', generation: 1, resourceVersion, ...meta } };
}

function write(base: KubeObject, storedAs: string): boolean {
  own.begin(KEY, base);
  return own.stored(KEY, storedAs);
}

describe('where a turn may read', () => {
  it('is the cache while nothing was written', () => {
    expect(own.readFrom(KEY, at('9'))).toEqual({ from: 'cache' });
  });

  it('is nowhere until the cache shows the last own write', () => {
    write(at('9'), '10');
    expect(own.readFrom(KEY, at('9'))).toEqual({ from: 'nowhere', waitMs: 5000 });
    expect(own.readFrom(KEY, at('10'))).toEqual({ from: 'cache' });
  });

  it('is the cache when it shows something newer, or another object of that name', () => {
    write(at('9'), '10');
    expect(own.readFrom(KEY, at('11'))).toEqual({ from: 'cache' });
    write(at('11'), '12');
    expect(own.readFrom(KEY, at('3', { uid: 'other' }))).toEqual({ from: 'cache' });
  });

  it('is the server once the watch owes the write for too long, and stays so until it has caught up', () => {
    write(at('9'), '10');
    clock = 5000;
    expect(own.readFrom(KEY, at('9'))).toEqual({ from: 'server' });
    own.saw(KEY, at('10'), at('9'));
    write(at('10'), '12');
    expect(own.readFrom(KEY, at('9'))).toEqual({ from: 'server' });
    own.changed(KEY, at('12'));
    expect(own.readFrom(KEY, at('12'))).toEqual({ from: 'cache' });
  });

  it('is the server after a write whose answer never came', () => {
    own.begin(KEY, at('9'));
    own.unknown(KEY);
    expect(own.readFrom(KEY, at('9'))).toEqual({ from: 'server' });
  });
});

describe('what was read from the server', () => {
  it('is the least that later turns may go by', () => {
    own.saw(KEY, at('10'), at('9'));
    expect(own.readFrom(KEY, at('9'))).toEqual({ from: 'nowhere', waitMs: 5000 });
    expect(own.readFrom(KEY, at('10'))).toEqual({ from: 'cache' });
  });

  it('is not waited for where the cache shows it already, but another of that name is', () => {
    own.saw(KEY, at('10'), at('10'));
    expect(own.readFrom(KEY, at('9'))).toEqual({ from: 'cache' });
    own.saw(KEY, at('12', { uid: 'other' }), at('13'));
    expect(own.readFrom(KEY, at('11', { uid: 'other' }))).toEqual({ from: 'nowhere', waitMs: 5000 });
  });

  it('makes the key known until the object is gone', () => {
    expect(own.knows(KEY)).toBe(false);
    own.saw(KEY, at('10'), at('10'));
    expect(own.knows(KEY)).toBe(true);
    own.forget(KEY);
    expect(own.knows(KEY)).toBe(false);
    write(at('9'), '10');
    expect(own.knows(KEY)).toBe(true);
  });
});

describe('whether a change asks for a turn', () => {
  it('does when it is not ours', () => {
    expect(own.changed(KEY, at('9'))).toBe(true);
    expect(own.changed(KEY, undefined)).toBe(true);
  });

  it('does not when it is the echo of a status write', () => {
    write(at('9'), '10');
    expect(own.changed(KEY, at('10'))).toBe(false);
    expect(own.changed(KEY, at('11'))).toBe(true);
  });

  it('does when a turn was refused meanwhile', () => {
    write(at('9'), '10');
    own.readFrom(KEY, at('9'));
    expect(own.changed(KEY, at('10'))).toBe(true);
  });

  it.each<[string, Partial<KubeMeta>]>([
    ['a new spec', { generation: 2 }],
    ['an annotation', { annotations: { a: 'b' } }],
    ['a finalizer', { finalizers: ['f'] }],
    ['a deletion', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
  ])('does when the echo also brings %s that the turn had not seen', (_, meta) => {
    write(at('9'), '10');
    expect(own.changed(KEY, at('10', meta))).toBe(true);
  });

  it('is not decided before the answer when the watch is faster', () => {
    own.begin(KEY, at('9'));
    expect(own.changed(KEY, at('10'))).toBe(false);
    expect(own.stored(KEY, '10')).toBe(false);
    expect(own.readFrom(KEY, at('10'))).toEqual({ from: 'cache' });
  });

  it('remembers a foreign change that came while a write was under way', () => {
    own.begin(KEY, at('9'));
    expect(own.changed(KEY, at('10', { generation: 2 }))).toBe(false);
    expect(own.stored(KEY, '11')).toBe(true);
    own.begin(KEY, at('9'));
    expect(own.changed(KEY, at('12'))).toBe(false);
    expect(own.unknown(KEY)).toBe(true);
  });

  it('does when the object goes away, even while a write is under way', () => {
    own.begin(KEY, at('9'));
    expect(own.changed(KEY, undefined)).toBe(true);
    expect(own.stored(KEY, '10')).toBe(false);
  });
});

it('knows the first write of a stretch of leadership from later ones', () => {
  expect(own.isFirst(KEY)).toBe(true);
  write(at('9'), '10');
  expect(own.isFirst(KEY)).toBe(false);
});

it.each([
  ['9', '9', true],
  ['10', '9', true],
  ['9', '10', false],
  ['18446744073709551616', '18446744073709551615', true],
  ['abc', 'abc', true],
  ['abd', 'abc', false],
])('atLeast(%s, %s) is %s', (have, want, expected) => {
  expect(atLeast(have, want)).toBe(expected);
});
