import { expect, it } from 'vitest';
import { type DeletionFacts, type DeletionStep, deletionStep, giveUpAt } from './deletion-step.ts';

const DELETED = new Date('2026-11-27T10:00:00Z');
const at = (seconds: number): Date => new Date(DELETED.getTime() + seconds * 1000);
const many = (count: number, seconds = 0): Date[] => Array.from({ length: count }, () => at(seconds));

function facts(over: Partial<DeletionFacts>): DeletionFacts {
  return {
    deletedAt: DELETED,
    seenAt: DELETED,
    confirmed: false,
    deletions: [DELETED],
    rules: 100,
    knownForMs: 60_000,
    now: at(5),
    ...over,
  };
}

const held = (deletions: number, rules: number): DeletionStep => ({ do: 'hold', deletions, rules });

it.each<[string, Partial<DeletionFacts>, DeletionStep]>([
  ['one of many', {}, { do: 'delete' }],
  ['one of many, just now: others may follow', { now: at(0.5) }, { do: 'settle', forMs: 1500 }],
  ['one of many, by the clock of another machine', { now: at(-90) }, { do: 'settle', forMs: 2000 }],
  ['one of many, seen just now after a start', { deletedAt: at(-50), seenAt: at(4.5) }, { do: 'settle', forMs: 1500 }],
  ['one of few, just now', { rules: 10, now: at(0) }, { do: 'delete' }],
  ['one of few that are known so far', { rules: 3, knownForMs: 500 }, { do: 'settle', forMs: 1500 }],
  ['all of ten', { rules: 10, deletions: many(10) }, { do: 'delete' }],
  ['all of eleven', { rules: 11, deletions: many(11) }, held(11, 11)],
  ['half of twelve', { rules: 12, deletions: many(6) }, { do: 'delete' }],
  ['more than half of twelve', { rules: 12, deletions: many(7) }, held(7, 12)],
  ['ten of a hundred', { deletions: many(10) }, { do: 'delete' }],
  ['eleven of a hundred', { deletions: many(11) }, held(11, 100)],
  ['eleven of a hundred, over two minutes', { deletions: [...many(10), ...many(5, 90)] }, { do: 'delete' }],
  ['eleven within a minute, some before and some after', { deletions: [...many(6, -50), ...many(5, 50)] }, held(11, 100)],
  ['eleven, and it is meant', { deletions: many(11), confirmed: true, now: at(0) }, { do: 'delete' }],
])('%s', (_, given, expected) => {
  expect(deletionStep(facts(given))).toEqual(expected);
});

it('gives up when the finalizer has stood for as long as it may', () => {
  expect(giveUpAt({ deletedAt: DELETED, finalizerTimeout: '1h30m' })).toEqual(at(5400));
});
