import type { RegexTree } from './regex-tree.ts';

/** One step of the machine; `next` and `other` are where it goes on. */
type Step =
  | { readonly do: 'take'; readonly matches: (character: string) => boolean }
  | { readonly do: 'check'; readonly holds: (before: string | undefined, after: string | undefined) => boolean }
  | { readonly do: 'split'; other: number; next: number }
  | { readonly do: 'end' };

/** More than any route says; a short expression can ask for a billion (`((a{1000}){1000}){1000}`, which Go refuses as well). */
const MOST_STEPS = 20_000;
/** What one text may cost, in steps looked at. No expression that a person wrote comes near; a text that does is not judged. */
const MOST_WORK = 100_000;

/**
 * Matches a whole text in a time that grows with its length and no faster, as RE2 does (Thompson's construction): JavaScript's own way of
 * going back over the text takes a configured `(a+)+b` for an endless loop. Undefined where the expression is too large,
 * and for a text that would take too long all the same.
 */
export function linearRegex(tree: RegexTree): ((text: string) => boolean | undefined) | undefined {
  const steps: Step[] = [];
  if (!compiled(tree, steps)) return undefined;
  steps.push({ do: 'end' });
  return text => run(steps, Array.from(text));
}

/** Appends the steps of the tree; false when they grow too many. */
function compiled(tree: RegexTree, steps: Step[]): boolean {
  if (steps.length > MOST_STEPS) return false;
  switch (tree.is) {
    case 'character':
      steps.push({ do: 'take', matches: tree.matches });
      return true;
    case 'assertion':
      steps.push({ do: 'check', holds: tree.holds });
      return true;
    case 'sequence':
      return tree.of.every(part => compiled(part, steps));
    case 'choice':
      return choices(tree.of, steps);
    case 'repeat':
      return repeated(tree, steps);
  }
}

function choices(branches: readonly RegexTree[], steps: Step[]): boolean {
  const ends: { other: number; next: number }[] = [];
  const whole = branches.every((branch, i) => {
    if (i === branches.length - 1) return compiled(branch, steps);
    const split = splitAt(steps);
    if (!compiled(branch, steps)) return false;
    ends.push(splitAt(steps));
    split.other = steps.length;
    return true;
  });
  for (const end of ends) end.next = end.other = steps.length;
  return whole;
}

function repeated({ of, least, most }: Extract<RegexTree, { is: 'repeat' }>, steps: Step[]): boolean {
  for (let i = 0; i < least; i++) if (!compiled(of, steps)) return false;
  if (most === Infinity) {
    const start = steps.length;
    const split = splitAt(steps);
    if (!compiled(of, steps)) return false;
    const back = splitAt(steps);
    back.next = back.other = start;
    split.other = steps.length;
    return true;
  }
  const skips: { other: number }[] = [];
  for (let i = least; i < most; i++) {
    skips.push(splitAt(steps));
    if (!compiled(of, steps)) return false;
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
function run(steps: readonly Step[], text: readonly string[]): boolean | undefined {
  let ways = spread(steps, [0], { before: undefined, after: text[0] });
  let work = 0;
  for (const [i, character] of text.entries()) {
    work += ways.length;
    if (work > MOST_WORK) return undefined;
    const taken = ways.filter(way => {
      const step = steps[way];
      return step?.do === 'take' && step.matches(character);
    });
    if (taken.length === 0) return false;
    const on = taken.map(way => way + 1);
    ways = spread(steps, on, { before: character, after: text[i + 1] });
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
