import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingestOf, newAnomaly } from '../../test/builders/ingest.ts';
import { asCaller, asSender, canaryLabels, v4, webhookWorld } from '../../test/builders/webhook-world.ts';
import { drill } from '../../test/contracts/drill-registry.contract.ts';
import { eventually } from '../../test/parts/eventually.ts';
import type { Part } from '../../test/parts/part.ts';
import { startRedis } from '../../test/parts/redis.ts';
import { connectRedis, type RedisConnection } from '../adapters/redis/connection.ts';
import { redisDrillRegistry } from '../adapters/redis/drill-registry.ts';
import { redisLearning } from '../adapters/redis/learning/learning.ts';
import { redisIncidents } from '../adapters/redis/incidents/incidents.ts';
import { redisAlertIntake } from '../adapters/redis/intake.ts';
import { redisWatchdogSightings } from '../adapters/redis/watchdog-sightings.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const now = (): Date => new Date();

let part: Part;
const connections: RedisConnection[] = [];

/** One replica of the operator as far as the server goes: a connection and an app of its own. */
async function replica() {
  const commands: string[] = [];
  const redis = connectRedis({ url: part.url, metrics: { command: name => void commands.push(name), failed: () => undefined } });
  connections.push(redis);
  await redis.ready(soon());
  const drills = redisDrillRegistry({ redis, now });
  const ports = { drills, intake: redisAlertIntake(redis.commands), watchdogs: redisWatchdogSightings(redis.commands) };
  const kept = redisIncidents({ redis, replica: 'replica', reopenWithinMs: 60_000, retentionMs: 3_600_000 });
  const learning = redisLearning(redis.commands);
  const model = { adviser: undefined, budget: { take: async () => true }, nonce: () => 'a-nonce', timeoutMs: 5000 };
  const recommendations = { repository: learning, language: 'en' as const, ...model };
  const world = { ...ports, ...kept, learning, recommendations, storeWritable: (signal: AbortSignal) => redis.writable(signal) };
  const { app } = webhookWorld(world);
  const send = (labels: Record<string, string>, headers: Record<string, string> = asSender) =>
    app.inject({ method: 'POST', url: '/api/v1/webhooks/alertmanager', headers, payload: v4(labels) });
  return { app, redis, commands, drills, send, learning, ...kept };
}

beforeAll(async () => {
  part = await startRedis({ appendOnly: true });
});

afterAll(async () => {
  for (const connection of connections) connection.close();
  await part.stop();
});

it('wakes the replica that waits when the canary comes back to another', async () => {
  const [waiting, receiving] = [await replica(), await replica()];
  const sent = drill();
  await waiting.drills.register([sent], soon());
  const signal = soon();
  const returns = waiting.drills.awaitReturns([sent.nonce], signal);
  expect((await receiving.send(canaryLabels(sent.nonce))).json()).toMatchObject({ drill: true });
  expect(await returns).toMatchObject([{ nonce: sent.nonce, via: 'alertmanager', receiver: 'awoooi' }]);
  expect(signal.aborted).toBe(false);
  waiting.drills.close();
});

it('answers 503 while Redis is away and loses nothing: the alert is taken when it comes again, the refusal is found by the other replica', async () => {
  const [ours, theirs] = [await replica(), await replica()];
  const sent = drill();
  await ours.drills.register([sent], soon());
  const before = now();
  await part.halt();
  expect((await ours.send({ alertname: 'Disk', severity: 'critical' })).statusCode).toBe(503);
  expect((await ours.send(canaryLabels(sent.nonce))).statusCode).toBe(503);
  expect((await ours.app.inject('/api/v1/health')).statusCode).toBe(503);
  await part.restart();
  const restarted = now();
  await theirs.redis.ready(soon());
  const refusals = await eventually(async () => {
    const found = await theirs.drills.refusalsSince(before, soon());
    return found.length === 2 && found;
  });
  expect(refusals.map(({ status, nonces }) => [status, nonces])).toEqual([
    [503, []],
    [503, [sent.nonce]],
  ]);
  expect(refusals[1]?.at.getTime()).toBeLessThan(restarted.getTime());
  await eventually(async () => (await ours.send({ alertname: 'Disk', severity: 'critical' })).statusCode === 200);
  expect((await theirs.incidents.list({ limit: 10 }, soon())).incidents).toMatchObject([{ name: 'Disk', occurrences: 1 }]);
  expect((await ours.send(canaryLabels(sent.nonce))).json()).toMatchObject({ drill: true });
  await ours.app.close();
});

it('answers outcomes 503 while Redis is away, and counts each once when they are told again', async () => {
  const { app, learning } = await replica();
  const anomalyKey = newAnomaly();
  const payload = Array.from({ length: 300 }, (_, n) => ({
    id: `o-${n}`,
    anomaly_key: anomalyKey,
    repair_action: 'restart_pod',
    success: true,
  }));
  const report = (body: object) => app.inject({ method: 'POST', url: '/api/v1/repairs/outcomes', headers: asCaller, payload: body });
  await report(payload.slice(0, 200));
  await part.halt();
  const refused = await report(payload);
  expect([refused.statusCode, refused.json()]).toMatchObject([503, { message: 'the store or the API server is away; try again' }]);
  await part.restart();
  const answer = await eventually(async () => {
    const again = await report(payload);
    return again.statusCode === 200 && again.json<{ outcomes: { status: string }[] }>();
  });
  expect(answer.outcomes).toHaveLength(300);
  expect(await learning.anomaly(anomalyKey, soon())).toMatchObject({ actions: [{ attempts: 300, successes: 300 }] });
  await app.close();
});

it('recommends with at most two questions to Redis, which do not wait for one another', async () => {
  const { app, commands, incidents, learning } = await replica();
  const [known, unheardOf] = [newAnomaly(), newAnomaly()];
  const outcomes = Array.from({ length: 40 }, (_, n) => ({ id: `of-${known}-${n}`, anomalyKey: known, action: `action_${n % 20}` }));
  await learning.record(
    outcomes.map(each => ({ ...each, success: true, by: 'bot' })),
    soon(),
  );
  await incidents.ingest([ingestOf({ anomalyKey: known }), ...Array.from({ length: 300 }, () => ingestOf())], soon());
  const sentFor = async (anomalyKey: string): Promise<readonly string[]> => {
    commands.length = 0;
    const answer = await app.inject({ url: `/api/v1/learning/recommendation/${anomalyKey}`, headers: asCaller });
    expect(answer.statusCode).toBe(200);
    return [...commands];
  };
  // The totals are read once for all who ask within half a minute, and Redis learns the scripts.
  await sentFor(newAnomaly());
  expect(await sentFor(known)).toEqual(['evalsha', 'evalsha']);
  expect(await sentFor(known)).toEqual(['evalsha']);
  expect(await sentFor(unheardOf)).toEqual(['evalsha', 'evalsha']);
  expect(await sentFor(unheardOf)).toEqual(['evalsha']);
  await app.close();
});
