import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

/** Registers awoooi_redis_up, at 0 until told otherwise; returns what sets it. */
export function redisUpGauge(page: Metrics): (up: boolean) => void {
  const gauge = instruments(page).gauge({ name: 'awoooi_redis_up', help: 'Whether Redis takes writes: 1 or 0.' });
  gauge.set(0);
  return up => gauge.set(up ? 1 : 0);
}
