import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { DelayHeap } from './delay-heap.ts';

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), key: fc.nat({ max: 9 }), due: fc.nat({ max: 1000 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), key: fc.nat({ max: 9 }), due: fc.constant(0) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), key: fc.constant(0), due: fc.nat({ max: 1000 }) }) },
  ),
  { maxLength: 300 },
);

/** The plain thing that the heap must equal: a map, searched from end to end. */
function earliest(model: Map<string, number>): [string, number] | undefined {
  return [...model].toSorted((a, b) => a[1] - b[1])[0];
}

it('gives out what a plain map gives: one time per key, the earliest, in order', () => {
  const outcome = fc.check(
    fc.property(steps, run => {
      const heap = new DelayHeap();
      const model = new Map<string, number>();
      for (const step of run) {
        const key = `k${step.key}`;
        if (step.do === 'add') {
          heap.add(key, step.due);
          model.set(key, Math.min(model.get(key) ?? step.due, step.due));
        } else if (step.do === 'delete') {
          heap.delete(key);
          model.delete(key);
        } else {
          const taken = heap.take(step.due);
          const first = earliest(model)?.[1];
          if ((taken && model.get(taken)) !== (first !== undefined && first <= step.due ? first : undefined)) return false;
          if (taken !== undefined) model.delete(taken);
        }
        if (heap.size !== model.size || heap.next !== earliest(model)?.[1]) return false;
      }
      return true;
    }),
  );
  expect(outcome.counterexample).toBeNull();
});

it('does not grow with keys that are pulled forward again and again', () => {
  const heap = new DelayHeap();
  for (let due = 100_000; due > 0; due -= 1) heap.add('a', due);
  expect([heap.take(100_000), heap.take(100_000), heap.size]).toEqual(['a', undefined, 0]);
});
