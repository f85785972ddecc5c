import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { RunPhase } from '../src/crds/repairrun/status.ts';
import { invalidPlaybook, playbookConditions } from '../src/domain/playbook/playbook-conditions.ts';
import type { TrustDecision } from '../src/domain/playbook/trust.ts';
import { runConditions } from '../src/domain/repair/run-conditions.ts';
import { changedThere, inSync, planPending, reconciling, stalled, suspended, unknownNow } from '../src/domain/rule/rule-conditions.ts';
import { playbookOf } from './builders/known-playbook.ts';
import { entry, facts } from './builders/rule-facts.ts';
import { Root } from './parts/installed.ts';
import type { Part } from './parts/part.ts';
import { startRedis } from './parts/redis.ts';

type Kind = 'AlertChainProbe' | 'SignozAlertRule' | 'RepairPlaybook' | 'RepairRun';

const CONFIGMAP = z.object({ data: z.record(z.string(), z.string()) });
/** As Argo CD finds them once the patch is merged into its argocd-cm. */
const SCRIPTS = CONFIGMAP.parse(parse(readFileSync(join(Root, 'config/argocd/argocd-cm.yaml'), 'utf8'))).data;

/** Redis runs Lua 5.1, the language of Argo CD's scripts. */
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

/** Argo CD gives a script the object as `obj`, and of the libraries the base alone: whoever uses strings or numbers by theirs fails here too. */
const program = (script: string): string => `
  local decode, encode = cjson.decode, cjson.encode
  local function health(obj)
    local string, math, cjson, redis, bit, struct = nil, nil, nil, nil, nil, nil
    ${script}
  end
  return encode(health(decode(ARGV[1])))`;

async function health(kind: Kind, spec: object, status?: object): Promise<unknown> {
  const object = { kind, metadata: { generation: 3 }, spec, ...(status && { status }) };
  const script = SCRIPTS[`resource.customizations.health.awoooi.io_${kind}`] ?? '';
  return JSON.parse(String(await lua.eval(program(script), 0, JSON.stringify(object))));
}

type Decided = Readonly<Record<string, { readonly status: string; readonly message: string }>>;

/** Conditions as the operator decides them, written as its frame does. */
const decided = (conditions: Decided, rest: object = {}) => ({
  observedGeneration: 3,
  conditions: Object.entries(conditions).map(([type, condition]) => ({ type, ...condition })),
  ...rest,
});

const ready = (status: string, observedGeneration = 3) => ({
  ...decided({ ChainHealthy: { status: 'False', message: 'of the chain' }, Ready: { status, message: `ready is ${status}` } }),
  observedGeneration,
});

const UNSEEN = 'The operator has not seen this spec yet.';

it('there is a script for each of the four kinds, and no other', () => {
  const kinds = ['AlertChainProbe', 'SignozAlertRule', 'RepairPlaybook', 'RepairRun'];
  expect(Object.keys(SCRIPTS)).toEqual(kinds.map(kind => `resource.customizations.health.awoooi.io_${kind}`));
});

it.each<[string, object, object | undefined, string, string]>([
  ['a probe that nobody has looked at', {}, undefined, 'Progressing', 'No run has ended yet.'],
  ['a good one', {}, ready('True'), 'Healthy', 'ready is True'],
  ['a broken one', {}, ready('False'), 'Degraded', 'ready is False'],
  ['one whose run is awaited', {}, ready('Unknown'), 'Progressing', 'ready is Unknown'],
  ['one whose spec the operator has not seen', {}, ready('True', 2), 'Progressing', UNSEEN],
  ['a suspended one', { suspend: true }, ready('Unknown'), 'Suspended', 'The probe is suspended: nothing is proven.'],
])('takes %s for what it is', async (_, spec, status, expected, message) => {
  expect(await health('AlertChainProbe', spec, status)).toEqual({ status: expected, message });
});

const asked = facts().spec;
const drift = { time: '2026-11-01T00:00:00Z', fields: ['/labels/severity'] };

it.each<[string, object, object | undefined, string, RegExp]>([
  ['a rule that nobody has looked at', {}, undefined, 'Progressing', /has not looked at it yet/],
  ['one that SigNoz has', {}, decided(inSync(entry(), { spec: asked, duplicates: [] })), 'Healthy', /as the spec asks for it/],
  ['one whose spec the operator has not seen', {}, ready('True', 2), 'Progressing', /has not seen this spec yet/],
  ['one that is being written', {}, decided(reconciling('WaitingForSignoz', 'under way')), 'Progressing', /under way/],
  ['one whose plan waits', {}, decided(planPending({ action: 'Create', hash: 'abc' })), 'Suspended', /set spec.approvedPlan to abc/],
  ['one that only a person can mend', {}, decided(stalled('InvalidQuery', 'no such function')), 'Degraded', /no such function/],
  ['one whose SigNoz is away', {}, decided(unknownNow('Unreachable', 'no answer')), 'Degraded', /no answer/],
  [
    'one that SigNoz did not load',
    {},
    decided(inSync(entry({ disabled: true, state: 'disabled' }), { spec: asked, duplicates: [] })),
    'Degraded',
    /did not load it/,
  ],
  ['one that was deleted there and is left so', {}, decided(changedThere(undefined, drift)), 'Degraded', /was deleted in SigNoz/],
  ['one that was changed there and is left so', {}, decided(changedThere(entry(), drift)), 'Healthy', /was changed in SigNoz/],
  ['a suspended one', { suspend: true }, decided(suspended()), 'Suspended', /SigNoz is left alone/],
])('takes, of alert rules, %s for what it is', async (_, spec, status, expected, message) => {
  expect(await health('SignozAlertRule', spec, status)).toEqual({ status: expected, message: expect.stringMatching(message) });
});

const trust = (because: TrustDecision['because']): TrustDecision => ({
  trust: because === 'ThreeFailuresInARow' ? 'Quarantined' : 'Candidate',
  because,
  bound: { lowerBound: 0, effectiveN: 0 },
  released: false,
  status: {},
});

it.each<[string, object, object | undefined, string, RegExp]>([
  ['a playbook that nobody has looked at', {}, undefined, 'Progressing', /has not looked at it yet/],
  ['one that can be used', {}, decided(playbookConditions(playbookOf('restart-api'), trust('TooFewRuns'))), 'Healthy', /./],
  [
    'one in quarantine',
    {},
    decided(playbookConditions(playbookOf('restart-api'), trust('ThreeFailuresInARow'))),
    'Degraded',
    /end its quarantine/,
  ],
  ['one whose spec the operator has not seen', {}, ready('True', 2), 'Progressing', /has not seen this spec yet/],
  ['a suspended one', { suspend: true }, ready('False'), 'Suspended', /neither suggested nor run/],
  ['one that only a person can mend', {}, decided(invalidPlaybook(['spec.steps: is missing'])), 'Degraded', /Mend it: spec.steps/],
])('takes, of playbooks, %s for what it is', async (_, spec, status, expected, message) => {
  expect(await health('RepairPlaybook', spec, status)).toEqual({ status: expected, message: expect.stringMatching(message) });
});

/** The conditions that the operator gives a run that stands so. */
const runStatus = (phase: RunPhase, stalled = false) =>
  decided(runConditions({ phase }, { reason: phase, message: `it is ${phase}`, stalled }), { phase });

it.each<[string, object | undefined, string, string]>([
  ['one that nobody has looked at', undefined, 'Progressing', 'The operator has not looked at it yet.'],
  ['one that waits for approval', runStatus('AwaitingApproval'), 'Suspended', 'it is AwaitingApproval'],
  ['one that only a person can help', runStatus('AwaitingApproval', true), 'Degraded', 'it is AwaitingApproval'],
  ['one under way', runStatus('Running'), 'Progressing', 'it is Running'],
  ['one that is being judged', runStatus('Verifying'), 'Progressing', 'it is Verifying'],
  ['one that helped', runStatus('Succeeded'), 'Healthy', 'it is Succeeded'],
  ['one that was only tried', runStatus('DryRun'), 'Healthy', 'it is DryRun'],
  ['one that was rejected', runStatus('Rejected'), 'Degraded', 'it is Rejected'],
  ['one that nobody decided about', runStatus('Expired'), 'Degraded', 'it is Expired'],
  ['one that did not help', runStatus('Failed'), 'Degraded', 'it is Failed'],
  ['one of which nobody can say', runStatus('Unknown'), 'Degraded', 'it is Unknown'],
])('takes, of runs, %s for what it is', async (_, status, expected, message) => {
  expect(await health('RepairRun', {}, status)).toEqual({ status: expected, message });
});
