import { beforeEach, describe, expect, it } from 'vitest';
import { atLeast, OwnWrites } from './own-writes.ts';
import type { Priority } from './ready-keys.ts';
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

function write(base: KubeObject, storedAs: string): Priority | undefined {
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
    expect(own.changed(KEY, at('9'))).toBe('normal');
    expect(own.changed(KEY, undefined)).toBe('normal');
  });

  it('does not when it is the echo of a status write', () => {
    write(at('9'), '10');
    expect(own.changed(KEY, at('10'))).toBeUndefined();
    expect(own.changed(KEY, at('11'))).toBe('normal');
  });

  it('does when a turn was refused meanwhile', () => {
    write(at('9'), '10');
    own.readFrom(KEY, at('9'));
    expect(own.changed(KEY, at('10'))).toBe('normal');
  });

  it.each<[string, Partial<KubeMeta>]>([
    ['a new spec', { generation: 2 }],
    ['an annotation', { annotations: { a: 'b' } }],
    ['a finalizer', { finalizers: ['f'] }],
    ['a deletion', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
  ])('does when the echo also brings %s that the turn had not seen', (_, meta) => {
    write(at('9'), '10');
    expect(own.changed(KEY, at('10', meta))).toBe('normal');
  });

  it('is not decided before the answer when the watch is faster', () => {
    own.begin(KEY, at('9'));
    expect(own.changed(KEY, at('10'))).toBeUndefined();
    expect(own.stored(KEY, '10')).toBeUndefined();
    expect(own.readFrom(KEY, at('10'))).toEqual({ from: 'cache' });
  });

  it('remembers a foreign change that came while a write was under way', () => {
    own.begin(KEY, at('9'));
    expect(own.changed(KEY, at('10', { generation: 2 }))).toBeUndefined();
    expect(own.stored(KEY, '11')).toBe('normal');
    own.begin(KEY, at('9'));
    expect(own.changed(KEY, at('12'))).toBeUndefined();
    expect(own.unknown(KEY)).toBe('normal');
  });

  it('does when the object goes away, even while a write is under way', () => {
    own.begin(KEY, at('9'));
    expect(own.changed(KEY, undefined)).toBe('normal');
    expect(own.stored(KEY, '10')).toBeUndefined();
  });
});

describe('the level of the turn that a change asks for', () => {
  it('is that of the turn which was refused, when only its own write had been missing', () => {
    write(at('9'), '10');
    own.readFrom(KEY, at('9'), 'low');
    expect(own.changed(KEY, at('10'))).toBe('low');
    write(at('10'), '11');
    own.readFrom(KEY, at('10'), 'normal');
    own.readFrom(KEY, at('10'), 'low');
    expect(own.changed(KEY, at('11'))).toBe('normal');
  });

  it.each<[string, Partial<KubeMeta>, Priority]>([
    ['a finalizer, which the turn itself set', { finalizers: ['f'] }, 'low'],
    ['a new spec', { generation: 2 }, 'normal'],
    ['a deletion', { deletionTimestamp: '2026-01-01T00:00:00Z' }, 'normal'],
    ['an annotation', { annotations: { a: 'b' } }, 'normal'],
    ['a label', { labels: { a: 'b' } }, 'normal'],
    ['another object', { uid: 'other' }, 'normal'],
  ])('is normal after a low turn only for what people do: %s', (_, meta, expected) => {
    own.readFrom(KEY, at('9'), 'low');
    write(at('9'), '10');
    expect(own.changed(KEY, at('10', meta))).toBe(expected);
    own.readFrom(KEY, at('10'), 'low');
    own.begin(KEY, at('10'));
    own.changed(KEY, at('11', meta));
    own.changed(KEY, at('12', { ...meta, finalizers: ['f'] }));
    expect(own.stored(KEY, '12')).toBe(expected);
  });

  it('is normal for every change after a normal turn', () => {
    own.readFrom(KEY, at('8'), 'low');
    own.readFrom(KEY, at('9'), 'normal');
    write(at('9'), '10');
    expect(own.changed(KEY, at('10', { finalizers: ['f'] }))).toBe('normal');
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
