import type { Sample } from './exposition.ts';

/** One histogram in one typed array: some hundred thousand of them fit where as many label sets of prom-client would not. */
export interface CompactHistogram {
  observe(value: number): void;
  samples(labels: Readonly<Record<string, string>>): Sample[];
}

/** A histogram with these upper bounds, ascending, and +Inf. */
export function compactHistogram(bounds: readonly number[]): CompactHistogram {
  // Counts per bound, then the count beyond the last one, then the sum.
  const cells = new Float64Array(bounds.length + 2);

  function bump(cell: number, by: number): void {
    cells[cell] = (cells[cell] ?? 0) + by;
  }

  return {
    observe(value) {
      const found = bounds.findIndex(bound => value <= bound);
      bump(found === -1 ? bounds.length : found, 1);
      bump(bounds.length + 1, value);
    },
    samples(labels) {
      let count = 0;
      const buckets = [...bounds, Infinity].map((bound, cell) => {
        count += cells[cell] ?? 0;
        return { suffix: '_bucket', labels: { ...labels, le: bound === Infinity ? '+Inf' : String(bound) }, value: count };
      });
      return [...buckets, { suffix: '_sum', labels, value: cells[bounds.length + 1] ?? 0 }, { suffix: '_count', labels, value: count }];
    },
  };
}
