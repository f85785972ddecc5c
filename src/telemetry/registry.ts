import { collectDefaultMetrics, Registry } from 'prom-client';

/** Lines that are appended to a scrape: whole metric families in the format 0.0.4, each with HELP and TYPE; each line ends in a newline. */
export type ExpositionSource = () => Iterable<string>;

export interface MetricsPage {
  readonly contentType: string;
  /** The page piece by piece, to be read once. Ten thousand probes make it a hundred megabytes: it never stands in memory as a whole. */
  readonly pieces: AsyncIterable<string>;
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
    page: async () => ({ contentType: registry.contentType, pieces: pieces(await registry.metrics(), sources) }),
  };
}

/** About so many characters are written in one turn of the event loop: some milliseconds. */
const PIECE = 64 * 1024;

/** Everything else gets a turn between two pieces. */
async function* pieces(begin: string, sources: readonly ExpositionSource[]): AsyncGenerator<string> {
  let piece = begin;
  for (const source of sources) {
    for (const line of source()) {
      piece += line;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
      await new Promise(resolve => setImmediate(resolve));
    }
  }
  yield piece;
}
