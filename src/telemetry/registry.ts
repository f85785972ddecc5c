import { collectDefaultMetrics, Registry } from 'prom-client';

/** Text that is appended to a scrape: whole metric families in the format 0.0.4, each with HELP and TYPE, ending in a newline. */
export type ExpositionSource = () => string;

export interface MetricsPage {
  readonly contentType: string;
  readonly text: string;
}

/** The metrics of one process: what prom-client keeps, and what others keep more compactly and write themselves. */
export interface Metrics {
  readonly registry: Registry;
  addSource(source: ExpositionSource): void;
  /** What GET /metrics answers. */
  page(): Promise<MetricsPage>;
}

/** Gauges that prom-client names like counters; promtool objects to them, and the same numbers are there by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** A registry of its own, with the metrics of the Node.js process unless `process` is false. */
export function metrics({ process = true }: { process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const sources: ExpositionSource[] = [];
  if (process) {
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }
  return {
    registry,
    addSource: source => void sources.push(source),
    page: async () => ({
      contentType: registry.contentType,
      text: [await registry.metrics(), ...sources.map(source => source())].join(''),
    }),
  };
}
