import type { BoundOf } from '../../src/domain/playbook/trust.ts';

const POINTS = 4_000;

/** What counts show where every rate was as likely as any other before: the 5 % quantile of Beta(1 + successes, 1 + failures), summed up. */
export const uniformPrior: BoundOf = ({ successes, failures, asOf }, now) => {
  const left = 2 ** ((asOf.getTime() - now.getTime()) / (30 * 86_400_000));
  const [s, f] = [successes * left, failures * left];
  const density = Array.from({ length: POINTS }, (_, i) => {
    const x = (i + 0.5) / POINTS;
    return Math.exp(s * Math.log(x) + f * Math.log1p(-x));
  });
  const wanted = 0.05 * density.reduce((sum, each) => sum + each, 0);
  let sum = 0;
  const at = density.findIndex(each => (sum += each) >= wanted);
  return { lowerBound: (at + 0.5) / POINTS, effectiveN: s + f };
};
