import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { DelayHeap } from './delay-heap.ts';
import type { Priority } from './ready-keys.ts';

const priority = fc.constantFrom<Priority>('normal', 'low');
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), key: fc.nat({ max: 9 }), due: fc.nat({ max: 1000 }), priority }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), key: fc.nat({ max: 9 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), due: fc.nat({ max: 1000 }) }) },
  ),
  { maxLength: 300, size: 'max' },
);

interface Kept {
  readonly due: number;
  readonly priority: Priority;
}

/** The plain thing that the heap must equal: a map, searched from end to end. */
class PlainMap {
  readonly kept = new Map<string, Kept>();

  get next(): number | undefined {
    return [...this.kept.values()].toSorted((a, b) => a.due - b.due)[0]?.due;
  }

  add(key: string, asked: Kept): void {
    const kept = this.kept.get(key) ?? asked;
    const level = [kept.priority, asked.priority].includes('normal') ? 'normal' : 'low';
    this.kept.set(key, { due: Math.min(kept.due, asked.due), priority: level });
  }

  /** Whether that is one that may be taken now; it is gone then. Of several that fall due together any may come first. */
  gives(taken: { readonly key: string; readonly priority: Priority } | undefined, now: number): boolean {
    const first = this.next;
    if (!taken) return first === undefined || first > now;
    const was = this.kept.get(taken.key);
    this.kept.delete(taken.key);
    return first !== undefined && first <= now && was?.due === first && was.priority === taken.priority;
  }
}

it('gives out what a plain map gives: one time per key, the earliest, in order, at the highest level asked for', () => {
  const outcome = fc.check(
    fc.property(steps, run => {
      const heap = new DelayHeap();
      const model = new PlainMap();
      for (const step of run) {
        if (step.do === 'add') {
          heap.add(`k${step.key}`, step.due, step.priority);
          model.add(`k${step.key}`, step);
        } else if (step.do === 'delete') {
          heap.delete(`k${step.key}`);
          model.kept.delete(`k${step.key}`);
        } else if (!model.gives(heap.take(step.due), step.due)) return false;
        if (heap.size !== model.kept.size || heap.next !== model.next) return false;
      }
      return true;
    }),
  );
  expect(outcome.counterexample).toBeNull();
});

it('does not grow with keys that are pulled forward again and again', () => {
  const heap = new DelayHeap();
  for (let due = 100_000; due > 0; due -= 1) heap.add('a', due, 'low');
  expect([heap.take(100_000), heap.take(100_000), heap.size]).toEqual([{ key: 'a', priority: 'low' }, undefined, 0]);
});
