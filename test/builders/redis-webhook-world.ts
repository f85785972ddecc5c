import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisChainState } from '../../src/adapters/redis/chain-state.ts';
import { redisDrillRegistry } from '../../src/adapters/redis/drill-registry.ts';
import { redisIncidents } from '../../src/adapters/redis/incidents/incidents.ts';
import { redisAlertIntake } from '../../src/adapters/redis/intake.ts';
import { redisLearning } from '../../src/adapters/redis/learning/learning.ts';
import { redisWatchdogSightings } from '../../src/adapters/redis/watchdog-sightings.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { startRedis } from '../parts/redis.ts';
import { recordingIncidents } from './recording-incidents.ts';
import { asCaller, webhookWorld } from './webhook-world.ts';

export type RedisWebhookWorld = Awaited<ReturnType<typeof redisWebhookWorld>>;

/** The server over a Redis of its own, with what it handed to its store. */
export async function redisWebhookWorld() {
  const part = await startRedis({ appendOnly: true });
  const redis = connectRedis({ url: part.url });
  await redis.ready(AbortSignal.timeout(20_000));
  const drills = redisDrillRegistry({ redis, now: () => new Date() });
  const incidents = recordingIncidents(redisIncidents({ redis, replica: 'replica', reopenWithinMs: 60_000, retentionMs: 3_600_000 }));
  const world = webhookWorld({
    drills,
    incidents,
    outbox: incidents.outbox,
    intake: redisAlertIntake(redis.commands),
    watchdogs: redisWatchdogSightings(redis.commands),
    chain: redisChainState(redis.commands),
    learning: redisLearning(redis.commands),
    storeWritable: signal => redis.writable(signal),
  });
  return {
    app: world.app,
    lines: world.lines,
    incidents,
    /** Ids of all incidents, as the API has them. */
    shown: () => idsShown(world.app),
    async stop(): Promise<void> {
      await world.app.close();
      drills.close();
      redis.close();
      await part.stop();
    },
  };
}

const Page = z.object({ incidents: z.array(z.object({ id: z.string() })), next: z.string().nullable() });

async function idsShown(app: FastifyInstance): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const url = `/api/v1/incidents?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = Page.parse((await app.inject({ url, headers: asCaller })).json());
    for (const { id } of page.incidents) ids.add(id);
    cursor = page.next;
  }
  return ids;
}
