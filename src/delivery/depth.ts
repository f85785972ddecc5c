import type { Outbox } from '../domain/ports/outbox.ts';
import type { DeliveryMetrics } from '../telemetry/delivery-metrics.ts';
import { type Repeated, type Repeating, repeating } from './repeating.ts';

export interface DepthDeps extends Pick<Repeated, 'log' | 'random'> {
  readonly outbox: Pick<Outbox, 'depth'>;
  readonly metrics: Pick<DeliveryMetrics, 'depth'>;
  readonly everyMs?: number;
}

/** Keeps the gauges of the outbox up to date. */
export function outboxDepth({ outbox, metrics, everyMs = 5_000, ...rest }: DepthDeps): Repeating {
  return repeating({
    ...rest,
    what: 'measuring the outbox',
    everyMs,
    withinMs: 10_000,
    turn: async signal => metrics.depth(await outbox.depth(signal)),
  });
}
