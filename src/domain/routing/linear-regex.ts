import { type Effort, effort } from './effort.ts';
import type { RegexTree } from './regex-tree.ts';

/** One step of the machine; `next` and `other` are where it goes on. */
type Step =
  | { readonly do: 'take'; readonly matches: (character: string) => boolean }
  | { readonly do: 'check'; readonly holds: (before: string | undefined, after: string | undefined) => boolean }
  | { readonly do: 'split'; other: number; next: number }
  | { readonly do: 'end' };

/** More than any route says; a short expression can ask for a billion (`((a{1000}){1000}){1000}`, which Go refuses as well). */
const MOST_PARTS = 40_000;
/** What one text may cost, in steps looked at. No expression that a person wrote comes near; a text that does is not judged. */
const MOST_WORK = 100_000;

/** What all expressions that are read together may still cost. */
export interface Efforts {
  /** In parts of expressions, read or repeated. */
  readonly reading: Effort;
  /** In steps looked at. */
  readonly matching: Effort;
}

interface Machine {
  readonly steps: Step[];
  readonly reading: Effort;
}

/**
 * Matches a whole text in a time that grows with its length and no faster, as RE2 does (Thompson's construction): JavaScript's own way of
 * going back over the text takes a configured `(a+)+b` for an endless loop. Undefined where the expression is too large,
 * and for a text that would take too long all the same.
 */
export function linearRegex(tree: RegexTree, { reading, matching }: Efforts): ((text: string) => boolean | undefined) | undefined {
  const machine: Machine = { steps: [], reading: effort(MOST_PARTS, reading) };
  if (!compiled(tree, machine)) return undefined;
  machine.steps.push({ do: 'end' });
  return text => run(machine.steps, Array.from(text), effort(MOST_WORK, matching));
}

/** Appends the steps of the tree; false when they grow too many. Parts count, not steps: `(){1000}` has none and takes its time. */
function compiled(tree: RegexTree, machine: Machine): boolean {
  const { steps, reading } = machine;
  if (!reading.spend(1)) return false;
  switch (tree.is) {
    case 'character':
      steps.push({ do: 'take', matches: tree.matches });
      return true;
    case 'assertion':
      steps.push({ do: 'check', holds: tree.holds });
      return true;
    case 'sequence':
      return tree.of.every(part => compiled(part, machine));
    case 'choice':
      return choices(tree.of, machine);
    case 'repeat':
      return repeated(tree, machine);
  }
}

function choices(branches: readonly RegexTree[], machine: Machine): boolean {
  const { steps } = machine;
  const ends: { other: number; next: number }[] = [];
  const whole = branches.every((branch, i) => {
    if (i === branches.length - 1) return compiled(branch, machine);
    const split = splitAt(steps);
    if (!compiled(branch, machine)) return false;
    ends.push(splitAt(steps));
    split.other = steps.length;
    return true;
  });
  for (const end of ends) end.next = end.other = steps.length;
  return whole;
}

function repeated({ of, least, most }: Extract<RegexTree, { is: 'repeat' }>, machine: Machine): boolean {
  const { steps } = machine;
  for (let i = 0; i < least; i++) if (!compiled(of, machine)) return false;
  if (most === Infinity) {
    const start = steps.length;
    const split = splitAt(steps);
    if (!compiled(of, machine)) return false;
    const back = splitAt(steps);
    back.next = back.other = start;
    split.other = steps.length;
    return true;
  }
  const skips: { other: number }[] = [];
  for (let i = least; i < most; i++) {
    skips.push(splitAt(steps));
    if (!compiled(of, machine)) return false;
  }
  for (const skip of skips) skip.other = steps.length;
  return true;
}

/** A fork: by itself it goes on behind it; where its other way leads is filled in later. */
function splitAt(steps: Step[]): { other: number; next: number } {
  const split = { do: 'split' as const, next: steps.length + 1, other: steps.length + 1 };
  steps.push(split);
  return split;
}

/** All ways at once, each step at most once for a character. */
function run(steps: readonly Step[], text: readonly string[], matching: Effort): boolean | undefined {
  if (!matching.spend(1)) return undefined;
  let ways = spread(steps, [0], { before: undefined, after: text[0] });
  if (!matching.spend(ways.length)) return undefined;
  for (const [i, character] of text.entries()) {
    const taken = ways.filter(way => {
      const step = steps[way];
      return step?.do === 'take' && step.matches(character);
    });
    if (taken.length === 0) return false;
    const on = taken.map(way => way + 1);
    ways = spread(steps, on, { before: character, after: text[i + 1] });
    if (!matching.spend(ways.length)) return undefined;
  }
  return ways.some(way => steps[way]?.do === 'end');
}

/** Where one can be without taking a character. */
function spread(
  steps: readonly Step[],
  from: readonly number[],
  { before, after }: { before: string | undefined; after: string | undefined },
): number[] {
  const seen = new Set(from);
  for (const way of seen) {
    const step = steps[way];
    if (step?.do === 'split') seen.add(step.next).add(step.other);
    if (step?.do === 'check' && step.holds(before, after)) seen.add(way + 1);
  }
  return [...seen];
}
