import { redisChainState } from '../adapters/redis/chain-state.ts';
import { connectRedis, type RedisConnection } from '../adapters/redis/connection.ts';
import { redisDrillApprovals } from '../adapters/redis/drill-approvals.ts';
import { redisDrillRegistry } from '../adapters/redis/drill-registry.ts';
import { redisIncidents } from '../adapters/redis/incidents/incidents.ts';
import { redisAlertIntake } from '../adapters/redis/intake.ts';
import { redisLastGood } from '../adapters/redis/last-good.ts';
import { redisLearning } from '../adapters/redis/learning/learning.ts';
import { redisPromotionMemory } from '../adapters/redis/promotion-memory.ts';
import { redisDeedLog } from '../adapters/redis/deed-log.ts';
import { redisQuestionBudget } from '../adapters/redis/question-budget.ts';
import { redisSendRate } from '../adapters/redis/send-rate.ts';
import { redisStorms } from '../adapters/redis/storms.ts';
import { redisWatchdogSightings } from '../adapters/redis/watchdog-sightings.ts';
import type { Config } from '../config/load.ts';
import type { QuestionBudget } from '../domain/ports/analyser.ts';
import type { AlertIntake } from '../domain/ports/alert-intake.ts';
import type { ChainState } from '../domain/ports/chain-state.ts';
import type { DrillRegistry } from '../domain/ports/drill-registry.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { DrillApprovals } from '../domain/ports/drill-approvals.ts';
import type { PromotionMemory } from '../domain/ports/promotion-memory.ts';
import type { LastGood } from '../domain/ports/last-good.ts';
import type { LearningRepository } from '../domain/ports/learning-repository.ts';
import type { Outbox } from '../domain/ports/outbox.ts';
import type { DeedLog } from '../domain/ports/deed-log.ts';
import type { SendRate } from '../domain/ports/send-rate.ts';
import type { Storms } from '../domain/ports/storms.ts';
import type { WatchdogSightings } from '../domain/ports/watchdog-sightings.ts';
import type { Logger } from '../telemetry/logger.ts';
import { redisMetrics } from '../telemetry/redis-metrics.ts';
import type { Metrics } from '../telemetry/registry.ts';

export interface Stores {
  readonly redis: RedisConnection;
  readonly drills: DrillRegistry;
  readonly intake: AlertIntake;
  readonly watchdogs: WatchdogSightings;
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
  readonly chain: ChainState;
  readonly lastGood: LastGood;
  readonly learning: LearningRepository;
  readonly promoted: PromotionMemory;
  readonly drillApprovals: DrillApprovals;
  readonly sendRate: SendRate;
  readonly storms: Storms;
  readonly pressLog: DeedLog;
  readonly questions: QuestionBudget;
  close(): void;
}

export interface StoresParts {
  readonly config: Pick<Config, 'redis' | 'incidents' | 'analyser'>;
  /** Of this process, as traces name it. */
  readonly replica: string;
  readonly page: Metrics;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * All that is kept in Redis, by the login that the URL has at each new connection. It connects by itself and again after each failure;
 * nothing here waits for it.
 */
export function stores({ config, replica, page, log, now }: StoresParts): Stores {
  const url = (): string => config.redis.url.current();
  const { reopenWithinMs, retentionMs } = config.incidents;
  const redis = connectRedis({ url: url(), currentUrl: url, metrics: redisMetrics(page), onError: complaints(log) });
  const { commands } = redis;
  const drills = redisDrillRegistry({ redis, now });
  return {
    redis,
    drills,
    intake: redisAlertIntake(commands),
    watchdogs: redisWatchdogSightings(commands),
    ...redisIncidents({ redis, replica, reopenWithinMs, retentionMs }),
    chain: redisChainState(commands),
    lastGood: redisLastGood(commands),
    learning: redisLearning(commands),
    promoted: redisPromotionMemory(commands),
    drillApprovals: redisDrillApprovals(commands),
    sendRate: redisSendRate(commands),
    storms: redisStorms(commands),
    pressLog: redisDeedLog(commands),
    questions: redisQuestionBudget(commands, config.analyser.perHour),
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
    log.warn({ problem: err.message }, 'redis connection failed; it is tried again every second');
  };
}
