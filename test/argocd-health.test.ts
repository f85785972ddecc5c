import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Part } from './parts/part.ts';
import { startRedis } from './parts/redis.ts';

const SCRIPT = readFileSync(join(import.meta.dirname, '../config/argocd/health.lua'), 'utf8');

/** Redis runs Lua 5.1, the language of Argo CD's scripts; these find the object as `obj`. */
let redis: Part;
let lua: Redis;
beforeAll(async () => {
  redis = await startRedis();
  lua = new Redis(redis.url);
});
afterAll(async () => {
  lua.disconnect();
  await redis.stop();
});

async function health(spec: object, status?: object): Promise<unknown> {
  const object = { metadata: { generation: 3 }, spec, ...(status && { status }) };
  const program = `local obj = cjson.decode(ARGV[1])\nlocal function health()\n${SCRIPT}\nend\nreturn cjson.encode(health())`;
  return JSON.parse(String(await lua.eval(program, 0, JSON.stringify(object))));
}

const ready = (status: string, observedGeneration = 3) => ({
  observedGeneration,
  conditions: [
    { type: 'ChainHealthy', status: 'False', message: 'of the chain' },
    { type: 'Ready', status, message: `ready is ${status}` },
  ],
});

it.each<[string, object, object | undefined, string, string]>([
  ['a probe that nobody has looked at', {}, undefined, 'Progressing', 'No run has ended yet.'],
  ['a good one', {}, ready('True'), 'Healthy', 'ready is True'],
  ['a broken one', {}, ready('False'), 'Degraded', 'ready is False'],
  ['one whose run is awaited', {}, ready('Unknown'), 'Progressing', 'ready is Unknown'],
  ['one whose spec the operator has not seen', {}, ready('True', 2), 'Progressing', 'The operator has not seen this spec yet.'],
  ['a suspended one', { suspend: true }, ready('Unknown'), 'Suspended', 'The probe is suspended: nothing is proven.'],
])('takes %s for what it is', async (_, spec, status, expected, message) => {
  expect(await health(spec, status)).toEqual({ status: expected, message });
});
