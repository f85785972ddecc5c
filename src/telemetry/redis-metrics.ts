import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Registers awoooi_redis_up, at 0 until told otherwise; returns what sets it. */
export function redisUpGauge(page: Metrics): (up: boolean) => void {
  const gauge = instruments(page).gauge({ name: 'awoooi_redis_up', help: 'Whether Redis takes writes: 1 or 0.' });
  gauge.set(0);
  return up => gauge.set(up ? 1 : 0);
}

/** What is counted of the commands that Redis is given. */
export interface RedisMetrics {
  command(name: string, seconds: number): void;
  failed(name: string): void;
}

/** Registers the series of commands; those of scripts are there from the start. */
export function redisMetrics(page: Metrics): RedisMetrics {
  const make = instruments(page);
  const duration = make.histogram({
    name: 'awoooi_redis_command_duration_seconds',
    help: 'How long Redis took for a command, its failures too.',
    labels: ['command'],
    buckets: BUCKETS,
  });
  const errors = make.counter({ name: 'awoooi_redis_errors_total', help: 'Commands that failed.', labels: ['command'] });
  for (const command of ['eval', 'evalsha']) {
    duration.zero({ command });
    errors.inc({ command }, 0);
  }
  return {
    command: (command, seconds) => duration.observe({ command }, seconds),
    failed: command => errors.inc({ command }),
  };
}
