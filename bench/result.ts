/** One figure of `make bench`. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What was set out for, for example `<= 250`. */
  readonly target: string;
  readonly met: boolean;
}

/** Hands on what was started, and remembers to stop it: after the bench, and on Ctrl-C. */
export type Keep = <T extends { stop(): Promise<void> }>(part: T) => T;

/** What `make bench ONLY=<name>` runs. It starts whatever it needs through `keep`. */
export interface Bench {
  readonly name: string;
  /** What is measured, for whoever waits. */
  readonly what: string;
  /** About how long, for example `2 minutes`. */
  readonly takes: string;
  readonly run: (keep: Keep) => Promise<BenchResult[]>;
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
