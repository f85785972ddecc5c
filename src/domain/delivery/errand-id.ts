import type { Errand } from '../ports/people.ts';

/** The same for the same step of the same run, however often people are told of it. */
export function errandId({ run, step }: Pick<Errand, 'run' | 'step'>): string {
  return `errand:${run.uid}:${step}`;
}
