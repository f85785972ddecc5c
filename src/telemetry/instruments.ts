import { Counter, Gauge, Histogram } from 'prom-client';
import type { Metrics } from './registry.ts';

interface Named {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** Makers of prom-client metrics that register themselves with one page. */
export interface Instruments {
  counter(named: Named): Counter;
  /** `collect` sets it anew at each scrape. */
  gauge(named: Named & { readonly collect?: (gauge: Gauge) => void }): Gauge;
  histogram(named: Named & { readonly buckets: readonly number[] }): Histogram;
}

/** Metrics made by these belong to this page's registry alone, never to prom-client's global one. */
export function instruments({ registry }: Metrics): Instruments {
  const common = ({ name, help, labels = [] }: Named) => ({ name, help, labelNames: [...labels], registers: [registry] });
  return {
    counter: named => new Counter(common(named)),
    gauge: ({ collect, ...named }) =>
      new Gauge({
        ...common(named),
        ...(collect && {
          collect() {
            collect(this);
          },
        }),
      }),
    histogram: named => new Histogram({ ...common(named), buckets: [...named.buckets] }),
  };
}
