/** One figure of `make bench`. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What was set out for, for example `<= 250`. */
  readonly target: string;
  readonly met: boolean;
}

/** What `make bench ONLY=<name>` runs: it starts and stops whatever it needs. */
export interface Bench {
  readonly name: string;
  run(): Promise<BenchResult[]>;
}

/** A figure that should be at most `most`. */
export function atMost(name: string, figure: { value: number; unit: string; most: number }): BenchResult {
  const value = Math.round(figure.value * 10) / 10;
  return { name, value, unit: figure.unit, target: `<= ${figure.most}`, met: value <= figure.most };
}

/** A figure that should be at least `least`. */
export function atLeast(name: string, figure: { value: number; unit: string; least: number }): BenchResult {
  const value = Math.round(figure.value * 1000) / 1000;
  return { name, value, unit: figure.unit, target: `>= ${figure.least}`, met: value >= figure.least };
}
