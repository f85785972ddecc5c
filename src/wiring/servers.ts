import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/load.ts';
import { failureFields } from '../delivery/complaint.ts';
import type { Adviser } from '../domain/ports/adviser.ts';
import type { ProbeReader } from '../domain/ports/probe-reader.ts';
import type { TokenReviewer } from '../domain/ports/token-reviewer.ts';
import type { IntakeMetrics } from '../telemetry/intake-metrics.ts';
import type { LearningMetrics } from '../telemetry/learning-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { redisUpGauge } from '../telemetry/redis-metrics.ts';
import type { Metrics } from '../telemetry/registry.ts';
import { webhookApp } from '../webhook/app.ts';
import type { WebhookDeps } from '../webhook/deps.ts';
import { opsApp } from '../webhook/ops.ts';
import type { IncidentWork } from './incident-work.ts';
import { liveCredentials } from './live-credentials.ts';
import type { RepairDesk } from './repair-desk.ts';
import type { Stores } from './stores.ts';
import { VERSION } from './version.ts';

export interface ServersParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly page: Metrics;
  readonly intake: IntakeMetrics;
  readonly incidents: IncidentWork;
  readonly desk: RepairDesk;
  readonly learningMetrics: LearningMetrics;
  /** Undefined where no model is set up. */
  readonly adviser: Adviser | undefined;
  readonly probes: ProbeReader;
  readonly tokenReviewer: TokenReviewer;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface Servers {
  /** Whether the caches are filled: part of /readyz. */
  readonly ready: (yes: boolean) => void;
  close(): Promise<void>;
}

/** How long a readiness check may ask Redis. */
const ASK_REDIS_MS = 1_500;
const RESTORE_MS = 30_000;

/** Both listeners, listening when this resolves. */
export async function servers(parts: ServersParts): Promise<Servers> {
  const { config, stores, page, log } = parts;
  let synced = false;
  const redisUp = redisUpGauge(page);
  const storeWritable = async (signal: AbortSignal): Promise<void> => {
    try {
      await stores.redis.writable(signal);
      redisUp(true);
    } catch (err) {
      redisUp(false);
      throw err;
    }
  };
  const api = apiOf(parts, storeWritable);
  const ops = opsApp({
    readiness: {
      caches: async () => (synced ? undefined : 'the caches are not filled yet'),
      redis: async () => {
        await storeWritable(AbortSignal.timeout(ASK_REDIS_MS));
        return undefined;
      },
    },
    alive: () => true,
    metrics: async () => {
      const { contentType, pieces } = await page.page();
      return { contentType, body: Readable.from(pieces, { objectMode: false }) };
    },
  });
  const { listenAddress: host, apiPort, opsPort } = config.server;
  await listening(
    [
      { app: ops, port: opsPort, variable: 'AWOOOI_OPS_PORT' },
      { app: api, port: apiPort, variable: 'AWOOOI_API_PORT' },
    ],
    host,
  );
  log.info({ host, apiPort, opsPort }, 'listening');
  void restoreLastReceived(parts);
  return {
    ready: yes => {
      synced = yes;
    },
    async close() {
      // The probes' listener last: it says "closing" while the API still serves what it has read.
      await api.close();
      await ops.close();
    },
  };
}

/** The API, with all that it needs of the world. */
function apiOf(parts: ServersParts, storeWritable: WebhookDeps['storeWritable']): FastifyInstance {
  const { config, stores, incidents, log, now } = parts;
  return webhookApp({
    ...incidents.intake,
    incidents: incidents.incidents,
    outbox: stores.outbox,
    learning: stores.learning,
    learningMetrics: parts.learningMetrics,
    approvals: { objects: parts.desk.objects, drills: stores.drillApprovals },
    repairPause: parts.desk.pause,
    recommendations: {
      repository: stores.learning,
      language: config.telegram.language,
      adviser: parts.adviser,
      budget: stores.questions,
      nonce: () => randomBytes(12).toString('hex'),
      timeoutMs: config.analyser.timeoutMs,
    },
    changeTold: incidents.changeTold,
    ...incidents.presses.server,
    truncated: source => incidents.truncated(source),
    missed: () => incidents.missed(),
    probes: parts.probes,
    credentials: liveCredentials(config, () => performance.now()),
    tokenReviewer: parts.tokenReviewer,
    storeWritable,
    metrics: parts.intake,
    logger: log,
    now,
    version: VERSION,
  });
}

/** Otherwise a restart would look as if an alert had just come. */
async function restoreLastReceived({ stores, intake, log }: ServersParts): Promise<void> {
  try {
    await stores.redis.ready(AbortSignal.timeout(RESTORE_MS));
    const at = await stores.intake.lastReceived(AbortSignal.timeout(ASK_REDIS_MS));
    if (at) intake.lastReceived(at);
  } catch (err) {
    log.warn(failureFields(err), 'when the last alert came could not be read from redis');
  }
}

interface Listener {
  readonly app: FastifyInstance;
  readonly port: number;
  /** Which variable the port is from. */
  readonly variable: string;
}

async function listening(listeners: readonly Listener[], host: string): Promise<void> {
  try {
    // Their routes are known, and counted from 0, before the first scrape.
    for (const { app } of listeners) await app.ready();
    for (const listener of listeners) await listen(listener, host);
  } catch (err) {
    await Promise.all(listeners.map(({ app }) => app.close()));
    throw err;
  }
}

async function listen({ app, port, variable }: Listener, host: string): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new Error(`cannot listen at ${host}:${port}: ${why}. Free that port, or choose another by ${variable}`, { cause: err });
  }
}
