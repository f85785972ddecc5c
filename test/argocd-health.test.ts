import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunPhase } from '../src/crds/repairrun/status.ts';
import { invalidPlaybook } from '../src/domain/playbook/playbook-conditions.ts';
import { type RunConditions, runConditions } from '../src/domain/repair/run-conditions.ts';
import type { Part } from './parts/part.ts';
import { startRedis } from './parts/redis.ts';

const scriptOf = (name: string): string => readFileSync(join(import.meta.dirname, '../config/argocd', name), 'utf8');
const PROBE = scriptOf('health.lua');
const REPAIR = scriptOf('repair-health.lua');

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

async function health(script: string, spec: object, status?: object): Promise<unknown> {
  const object = { metadata: { generation: 3 }, spec, ...(status && { status }) };
  const program = `local obj = cjson.decode(ARGV[1])\nlocal function health()\n${script}\nend\nreturn cjson.encode(health())`;
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
  expect(await health(PROBE, spec, status)).toEqual({ status: expected, message });
});

/** The conditions that the operator gives a run that stands so, as the frame writes them. */
const runStatus = (phase: RunPhase, stalled = false) => ({
  observedGeneration: 3,
  conditions: conditionsOf(runConditions({ phase }, { reason: phase, message: `it is ${phase}`, stalled })),
});
const conditionsOf = (decided: RunConditions): object[] => Object.entries(decided).map(([type, condition]) => ({ type, ...condition }));

it.each<[string, object, object | undefined, string, string]>([
  ['a playbook that nobody has looked at', {}, undefined, 'Progressing', 'The operator has not looked at it yet.'],
  ['one that can be used', {}, ready('True'), 'Healthy', 'ready is True'],
  ['one whose spec the operator has not seen', {}, ready('True', 2), 'Progressing', 'The operator has not seen this spec yet.'],
  ['a suspended one', { suspend: true }, ready('False'), 'Suspended', 'The playbook is suspended: it is neither suggested nor run.'],
  [
    'one that only a person can mend',
    {},
    { observedGeneration: 3, conditions: conditionsOf(invalidPlaybook(['spec.steps: is missing'])) },
    'Degraded',
    'The spec is not valid, so the playbook is neither suggested nor run. Mend it: spec.steps: is missing',
  ],
  ['a run that waits for approval', {}, runStatus('AwaitingApproval'), 'Progressing', 'it is AwaitingApproval'],
  ['one that only a person can help', {}, runStatus('AwaitingApproval', true), 'Degraded', 'it is AwaitingApproval'],
  ['one under way', {}, runStatus('Running'), 'Progressing', 'it is Running'],
  ['one that helped', {}, runStatus('Succeeded'), 'Healthy', 'it is Succeeded'],
  ['one that was only tried', {}, runStatus('DryRun'), 'Healthy', 'it is DryRun'],
  ['one that did not help', {}, runStatus('Failed'), 'Degraded', 'it is Failed'],
  ['one of which nobody can say', {}, runStatus('Unknown'), 'Degraded', 'it is Unknown'],
])('takes, of what repairs, %s for what it is', async (_, spec, status, expected, message) => {
  expect(await health(REPAIR, spec, status)).toEqual({ status: expected, message });
});
