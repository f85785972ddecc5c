import { afterAll, beforeAll, expect, it } from 'vitest';
import { asSender, canaryLabels, v4, webhookWorld } from '../../test/builders/webhook-world.ts';
import { drill } from '../../test/contracts/drill-registry.contract.ts';
import { eventually } from '../../test/parts/eventually.ts';
import type { Part } from '../../test/parts/part.ts';
import { startRedis } from '../../test/parts/redis.ts';
import { connectRedis, type RedisConnection } from '../adapters/redis/connection.ts';
import { redisDrillRegistry } from '../adapters/redis/drill-registry.ts';
import { redisIncidents } from '../adapters/redis/incidents/incidents.ts';
import { redisAlertIntake } from '../adapters/redis/intake.ts';
import { redisWatchdogSightings } from '../adapters/redis/watchdog-sightings.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const now = (): Date => new Date();

let part: Part;
const connections: RedisConnection[] = [];

/** One replica of the operator as far as the server goes: a connection and an app of its own. */
async function replica() {
  const redis = connectRedis({ url: part.url });
  connections.push(redis);
  await redis.ready(soon());
  const drills = redisDrillRegistry({ redis, now });
  const ports = { drills, intake: redisAlertIntake(redis.commands), watchdogs: redisWatchdogSightings(redis.commands) };
  const kept = redisIncidents({ redis, replica: 'replica', reopenWithinMs: 60_000, retentionMs: 3_600_000 });
  const { app } = webhookWorld({ ...ports, ...kept, storeWritable: signal => redis.writable(signal) });
  const send = (labels: Record<string, string>, headers: Record<string, string> = asSender) =>
    app.inject({ method: 'POST', url: '/api/v1/webhooks/alertmanager', headers, payload: v4(labels) });
  return { app, redis, drills, send, ...kept };
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
