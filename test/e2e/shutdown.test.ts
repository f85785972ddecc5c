import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { probeView } from './probe-view.ts';
import { probe, raiseStage, SHORT_LEASE, type Stage } from './stage.ts';

let stage: Stage;
let redis: Part;
let target: Target;
let operator: Operator;

beforeAll(async () => {
  [stage, redis] = await Promise.all([raiseStage('shutdown'), startRedis()]);
});
beforeEach(async () => {
  target = await startTarget();
});
afterEach(async () => {
  await operator.stop();
  await target.stop();
});
afterAll(() => redis.stop());

const asks = (): boolean => target.requests.some(({ method, path }) => method === 'POST' && path === '/api/v1/approvals');

it.each([
  ['while its hop still waits for the answer', '10s', asks],
  ['after its hop has failed for want of an answer', '500ms', async (name: string) => (await lastRun(name)) === 'Failed'],
] as const)('takes back an approval that is made %s', async (_, timeout, isTime) => {
  operator = await startOperator(stage.operator(redis.url, SHORT_LEASE));
  target.breakWith({ is: 'slow', delayMs: 3_000 }, ({ method, path }) => method === 'POST' && path === '/api/v1/approvals');
  const name = `asks-${timeout}`;
  await stage.apply(probe(name, { runToken: 'v1', timeout, target: { url: target.url }, hops: [{ name: 'h', type: 'Approval' }] }));
  await eventually(() => isTime(name), { withinMs: 20_000 });
  await operator.process().stop(20_000);
  expect([...target.approvals.values()]).toEqual(['withdrawn']);
});

it('ends within ten seconds although neither a target nor a channel ever answers', async () => {
  const told = { AWOOOI_OUTGOING_WEBHOOK_URL: `${target.url}/hook`, AWOOOI_OUTGOING_WEBHOOK_SECRET: 'outgoing-secret' };
  operator = await startOperator(stage.operator(redis.url, { ...SHORT_LEASE, ...told }));
  target.breakWith({ is: 'hang' });
  await sendAlert();
  await eventually(() => target.requests.some(({ path }) => path === '/hook'), { withinMs: 20_000 });
  const hops = [{ name: 'h', type: 'Approval' }];
  await stage.apply(probe('hangs', { runToken: 'v1', timeout: '60s', target: { url: target.url }, hops }));
  await eventually(asks, { withinMs: 20_000 });
  const began = performance.now();
  await operator.process().stop(20_000);
  expect(await operator.process().exited).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
});

async function sendAlert(): Promise<void> {
  const alerts = [{ status: 'firing', labels: { alertname: 'Hangs' }, annotations: {}, startsAt: new Date().toISOString() }];
  const answer = await fetch(`${operator.url}/api/v1/webhooks/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stage.webhookToken}` },
    body: JSON.stringify({ version: '4', status: 'firing', alerts }),
    signal: AbortSignal.timeout(10_000),
  });
  expect(answer.status).toBe(200);
}

async function lastRun(name: string): Promise<string | undefined> {
  return (await probeView(stage, name).status()).lastRun?.phase;
}
