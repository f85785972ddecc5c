import { expect, it } from 'vitest';
import { objectStore } from './store.ts';

const entry = (resourceVersion: string): { object: string; resourceVersion: string } => ({
  object: `at ${resourceVersion}`,
  resourceVersion,
});

it('tells of a key only when its resourceVersion changed, after the change shows', () => {
  const store = objectStore<string>();
  const told: [string, string | undefined][] = [];
  store.subscribe(key => told.push([key, store.get(key)]));
  store.put('a/x', entry('1'));
  store.put('a/x', entry('1'));
  store.put('a/x', entry('2'));
  store.remove('a/x');
  store.remove('a/x');
  expect(told).toEqual([
    ['a/x', 'at 1'],
    ['a/x', 'at 2'],
    ['a/x', undefined],
  ]);
});

it('tells of what is only seen for the first time as low, and of every change as normal', () => {
  const store = objectStore<string>();
  const told: string[] = [];
  store.subscribe((key, priority) => told.push(`${key} at ${priority}`));
  store.put('a/x', entry('1'), 'low');
  store.put('a/x', entry('2'));
  store.remove('a/x');
  expect(told).toEqual(['a/x at low', 'a/x at normal', 'a/x at normal']);
});

it('removes after a list what is no longer there, in the list’s own namespace only', () => {
  const store = objectStore<string>();
  for (const key of ['a/x', 'a/y', 'ab/x', 'b/x']) store.put(key, entry('1'));
  const told: string[] = [];
  store.subscribe(key => told.push(key));
  store.retain(new Set(['a/y']), 'a');
  expect(told).toEqual(['a/x']);
  store.retain(new Set(['a/y']));
  expect([store.keys(), store.list(), store.size, store.resourceVersion('a/y')]).toEqual([['a/y'], ['at 1'], 1, '1']);
});

it('reports a subscriber that throws and still tells the others, until they leave', () => {
  const thrown: unknown[] = [];
  const told: string[] = [];
  const store = objectStore<string>(err => thrown.push(err));
  store.subscribe(() => {
    throw new Error('careless');
  });
  const leave = store.subscribe(key => told.push(key));
  store.put('x', entry('1'));
  leave();
  store.put('y', entry('1'));
  expect([told, thrown]).toEqual([['x'], [new Error('careless'), new Error('careless')]]);
});
