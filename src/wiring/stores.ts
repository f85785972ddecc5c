import { redisAlertIntake } from '../adapters/redis/intake.ts';
import { connectRedis, type RedisConnection } from '../adapters/redis/connection.ts';
import { redisDrillRegistry } from '../adapters/redis/drill-registry.ts';
import { redisWatchdogSightings } from '../adapters/redis/watchdog-sightings.ts';
import type { AlertIntake } from '../domain/ports/alert-intake.ts';
import type { DrillRegistry } from '../domain/ports/drill-registry.ts';
import type { WatchdogSightings } from '../domain/ports/watchdog-sightings.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface Stores {
  readonly redis: RedisConnection;
  readonly drills: DrillRegistry;
  readonly intake: AlertIntake;
  readonly watchdogs: WatchdogSightings;
  close(): void;
}

/** All that is kept in Redis, by the login that the URL has at each new connection. It connects by itself and again after each failure; nothing here waits for it. */
export function stores({ url, log, now }: { url: () => string; log: Logger; now: () => Date }): Stores {
  const redis = connectRedis({ url: url(), currentUrl: url, onError: complaints(log) });
  const drills = redisDrillRegistry({ redis, now });
  return {
    redis,
    drills,
    intake: redisAlertIntake(redis.commands),
    watchdogs: redisWatchdogSightings(redis.commands),
    close() {
      drills.close();
      redis.close();
    },
  };
}

const AGAIN_AFTER_MS = 60_000;

/** Connecting is tried every second: the same failure is logged once a minute. */
function complaints(log: Logger): (err: Error) => void {
  let last = { message: '', at: 0 };
  return err => {
    const at = performance.now();
    if (err.message === last.message && at - last.at < AGAIN_AFTER_MS) return;
    last = { message: err.message, at };
    log.warn({ err }, 'redis connection failed; it is tried again every second');
  };
}
