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
  const redis = connectRedis({ url: url(), currentUrl: url, onError: err => log.warn({ err }, 'redis connection failed') });
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
