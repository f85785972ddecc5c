import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

export const DELIVERY_OUTCOMES = ['delivered', 'skipped', 'postponed', 'failed', 'dead'] as const;
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

export type CatchUpSource = 'alertmanager' | 'sentry';
/** Who may leave out alerts of what it sends. */
export type CutSource = 'alertmanager' | 'signoz';
export type CatchUpResult = 'succeeded' | 'failed';

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What is counted of the outbox and of catching up. */
export interface DeliveryMetrics {
  outcome(channel: string, outcome: DeliveryOutcome): void;
  took(channel: string, seconds: number): void;
  /** Whether nothing gets through it, so that all but one delivery at a time wait. */
  open(channel: string, isOpen: boolean): void;
  depth(of: { readonly waiting: number; readonly dead: number; readonly oldest?: Date }): void;
  catchUp(source: CatchUpSource, result: CatchUpResult): void;
  truncated(source: CutSource): void;
}

/** Registers the series of deliveries: all combinations of the given channels at 0. */
export function deliveryMetrics(page: Metrics, channels: readonly string[]): DeliveryMetrics {
  const make = instruments(page);
  const outcomes = make.counter({
    name: 'awoooi_deliveries_total',
    help: 'Attempts to bring a channel up to date with an incident, by what came of them.',
    labels: ['channel', 'outcome'],
  });
  const duration = make.histogram({
    name: 'awoooi_delivery_duration_seconds',
    help: 'How long an attempt took, from when it began until it was recorded.',
    labels: ['channel'],
    buckets: BUCKETS,
  });
  const catchUps = make.counter({
    name: 'awoooi_catch_ups_total',
    help: 'Attempts to fetch what was sent while nobody listened.',
    labels: ['source', 'result'],
  });
  const truncated = make.counter({
    name: 'awoooi_truncated_webhooks_total',
    help: 'Webhooks whose sender said that it left out alerts.',
    labels: ['source'],
  });
  const opened = make.gauge({
    name: 'awoooi_channel_blocked',
    help: 'Whether nothing gets through the channel, so that what waits for it is held and one delivery at a time is tried.',
    labels: ['channel'],
  });
  for (const channel of channels) {
    opened.set({ channel }, 0);
    duration.zero({ channel });
    for (const outcome of DELIVERY_OUTCOMES) outcomes.inc({ channel, outcome }, 0);
  }
  for (const source of ['alertmanager', 'sentry']) for (const result of ['succeeded', 'failed']) catchUps.inc({ source, result }, 0);
  for (const source of ['alertmanager', 'signoz']) truncated.inc({ source }, 0);
  return {
    outcome: (channel, outcome) => outcomes.inc({ channel, outcome }),
    open: (channel, isOpen) => opened.set({ channel }, isOpen ? 1 : 0),
    took: (channel, seconds) => duration.observe({ channel }, seconds),
    catchUp: (source, result) => catchUps.inc({ source, result }),
    truncated: source => truncated.inc({ source }),
    depth: depthGauges(page),
  };
}

function depthGauges(page: Metrics): DeliveryMetrics['depth'] {
  const make = instruments(page);
  const waiting = make.gauge({ name: 'awoooi_outbox_waiting', help: 'Deliveries that wait, over all replicas.' });
  const oldest = make.gauge({
    name: 'awoooi_outbox_oldest_timestamp_seconds',
    help: 'Since when the delivery that has waited longest waits; 0 where none does.',
  });
  const dead = make.gauge({ name: 'awoooi_dead_letters', help: 'Deliveries that were given up.' });
  const depth: DeliveryMetrics['depth'] = of => {
    waiting.set(of.waiting);
    dead.set(of.dead);
    oldest.set((of.oldest?.getTime() ?? 0) / 1000);
  };
  depth({ waiting: 0, dead: 0 });
  return depth;
}
