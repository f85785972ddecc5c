import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { memoryStep, notifyStep, patchStep, restartStep } from '../../../test/builders/repair-playbook.ts';
import { runManifest, runSpec } from '../../../test/builders/repair-run.ts';
import { WRONG_RUNS } from '../../../test/builders/wrong-runs.ts';
import { causesOf, type KindOffers, offersOf } from '../../../test/parts/kind-offers.ts';
import { fieldRows } from '../generate/field-rows.ts';
import { structural } from '../generate/structural.ts';
import { parseRepairRun } from './parse.ts';
import { RepairRunSpec } from './spec.ts';

const MERGE = 'application/merge-patch+json';

let api: KindOffers;

beforeAll(async () => {
  api = await offersOf('repairruns');
});

function parsedSpec(object: object): unknown {
  const parsed = parseRepairRun(object);
  return parsed.ok ? parsed.object.spec : parsed.problems;
}

const RIGHT: readonly (readonly [what: string, spec: Readonly<Record<string, unknown>>])[] = [
  ['a run', runSpec()],
  ['a run of several steps', runSpec({ steps: [memoryStep(), patchStep(), notifyStep()] })],
  ['a run for an incident', runSpec({ incidentId: 'i-1', anomalyKey: 'v1-3f9c0a1b2c4d5e6f', alertname: 'ApiErrors', mode: 'Suggest' })],
  ['a dry run', runSpec({ dryRun: true, mode: 'Shadow' })],
];

describe('the API server', () => {
  it.each(WRONG_RUNS)('refuses $what', async ({ spec, field, sentence }) => {
    const answer = await api.offered(runManifest(spec));
    expect(answer).toMatchObject({ status: 422 });
    const causes = causesOf(answer).filter(cause => cause.field === field);
    expect(causes.map(cause => cause.message).join('\n')).toContain(sentence);
  });

  it.each(RIGHT)('accepts %s and fills in what our parser fills in', async (_, spec) => {
    expect(await api.storedAs(runManifest(spec))).toEqual(parsedSpec(runManifest(spec)));
  });

  it('accepts as many steps and operations as there may be', async () => {
    const patch = Array.from({ length: 32 }, () => ({
      op: 'add',
      path: `/spec/template/spec/containers/0/env/${'x'.repeat(470)}`,
      value: 'v'.repeat(1000),
    }));
    const steps = Array.from({ length: 8 }, () => patchStep({}, { parameters: { patch } }));
    expect(await api.offered(runManifest(runSpec({ steps })))).toMatchObject({ status: 201 });
  });
});

const WHOLE = runSpec({
  incidentId: 'i-1',
  anomalyKey: 'v1-3f9c0a1b2c4d5e6f',
  alertname: 'ApiErrors',
  steps: [patchStep(), restartStep()],
  approval: { approvers: ['mei'] },
});

const CHANGES: readonly (readonly [field: string, value: unknown])[] = [
  ['playbookRef', { name: 'another' }],
  ['playbookHash', '0000000000000000'],
  ['incidentId', 'i-2'],
  ['incidentId', null],
  ['anomalyKey', 'v1-0000000000000000'],
  ['alertname', null],
  ['mode', 'Automatic'],
  ['steps', [restartStep()]],
  ['steps', [patchStep({ value: 'registry.example.com/api:evil' }), restartStep()]],
  ['dryRun', true],
  ['approval', { quorum: 1, approvers: ['eve'] }],
  ['approval', { expiresAfter: '168h' }],
  ['verify', { window: '1h' }],
  ['limits', { maxPerHour: 60 }],
  ['onFailure', 'Rollback'],
  ['gitOps', 'AllowRevert'],
];

const patched = (spec: object) => api.cluster.request(api.pathOf('/made'), { method: 'PATCH', contentType: MERGE, body: { spec } });

describe('a run that was made', () => {
  beforeAll(async () => {
    const answer = await api.offered(runManifest(WHOLE, 'made'), { kept: true });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  });

  it.each(CHANGES)('keeps its %s: %j is refused', async (field, value) => {
    const answer = await patched({ [field]: value });
    expect(answer).toMatchObject({ status: 422 });
    const [cause] = causesOf(answer);
    expect(cause?.field).toBe(`spec.${field}`);
    expect(cause?.message).toContain('for that is what people approve: make a new RepairRun with what you want');
  });

  it('has no field of its spec but approvals that could be changed', () => {
    expect(new Set([...CHANGES.map(([field]) => field), 'approvals'])).toEqual(new Set(Object.keys(RepairRunSpec.shape)));
  });

  it('refuses a field that was left out, too', async () => {
    expect(await api.offered(runManifest(runSpec(), 'bare'), { kept: true })).toMatchObject({ status: 201 });
    const options = { method: 'PATCH', contentType: MERGE, body: { spec: { incidentId: 'i-1' } } };
    expect(await api.cluster.request(api.pathOf('/bare'), options)).toMatchObject({ status: 422 });
  });

  it('takes approvals', async () => {
    const { body } = await api.cluster.request('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      method: 'POST',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    });
    const { status } = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) }).parse(body);
    expect(await patched({ approvals: [{ by: status.userInfo.username, decision: 'Approve' }] })).toMatchObject({ status: 200 });
  });
});

describe('kubectl', () => {
  it('shows where a run stands, by its short name and its category', async () => {
    expect(await api.offered(runManifest(runSpec({ incidentId: 'i-7' }), 'shown'), { kept: true })).toMatchObject({ status: 201 });
    const ready = { type: 'Ready', status: 'False', reason: 'AwaitingApproval', message: 'm', observedGeneration: 1 };
    const status = {
      phase: 'AwaitingApproval',
      conditions: [{ ...ready, lastTransitionTime: '2026-01-01T00:00:00Z' }],
      expiresAt: '2026-01-01T00:30:00Z',
      message: 'It waits for one approval.',
    };
    expect(await api.cluster.request(api.pathOf('/shown/status'), { method: 'PATCH', contentType: MERGE, body: { status } })).toMatchObject(
      {
        status: 200,
      },
    );
    const [head = '', line = ''] = (await api.kubectl('get', 'rr', 'shown')).split('\n');
    expect(head.split(/\s{2,}/)).toEqual(['NAME', 'PHASE', 'PLAYBOOK', 'INCIDENT', 'REASON', 'AGE']);
    expect(line.split(/\s{2,}/).slice(0, 5)).toEqual(['shown', 'AwaitingApproval', 'restart-api', 'i-7', 'AwaitingApproval']);
    const wide = await api.kubectl('get', 'rr', 'shown', '-o', 'wide');
    for (const told of ['MODE', 'Approve', 'EXPIRES', status.expiresAt, 'MESSAGE', status.message]) expect(wide).toContain(told);
    expect(await api.kubectl('get', 'awoooi')).toContain('repairrun.awoooi.io/shown');
  });

  it('explains each field', async () => {
    const tree = await api.kubectl('explain', 'rr.spec', '--recursive');
    const named = new Set([...tree.matchAll(/^\s+(\w+)\t/gm)].map(([, name]) => name));
    const fields = fieldRows(structural(RepairRunSpec)).map(({ path }) => path.split('.').at(-1)?.replace('[]', ''));
    expect(fields.filter(name => !named.has(name))).toEqual([]);
  });
});
