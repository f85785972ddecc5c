import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { incidentReader } from '../parts/incident-reader.ts';
import { startOperator } from '../parts/operator.ts';
import { startRedis } from '../parts/redis.ts';
import { raiseStage } from './stage.ts';

it('takes in once what the version before kept in a stream of its own, and removes that', async ({ onTestFinished }) => {
  const [stage, redis] = await Promise.all([raiseStage('earlier'), startRedis()]);
  onTestFinished(() => redis.stop());
  const admin = new Redis(redis.url);
  onTestFinished(() => admin.disconnect());
  for (const n of [1, 2, 3]) {
    const alert = { status: 'firing', labels: { alertname: `Kept${n}`, severity: 'critical' }, annotations: {} };
    const kept = { source: 'alertmanager', receivedAt: '2026-11-26T10:00:00.000Z', alert, envelope: { receiver: 'awoooi' } };
    await admin.xadd('awoooi:received', '*', 'alert', JSON.stringify(kept));
  }
  const operator = await startOperator(stage.operator(redis.url));
  onTestFinished(() => operator.stop());
  const reader = incidentReader({ url: operator.url, token: stage.apiToken });
  onTestFinished(() => reader.close());
  await eventually(async () => (await admin.exists('awoooi:received')) === 0, { withinMs: 30_000 });
  const incidents = await reader.all();
  expect(
    incidents.map(({ alertname, occurrences }) => [alertname, occurrences]).toSorted(([a], [b]) => String(a).localeCompare(String(b))),
  ).toEqual([
    ['Kept1', 1],
    ['Kept2', 1],
    ['Kept3', 1],
  ]);
});
