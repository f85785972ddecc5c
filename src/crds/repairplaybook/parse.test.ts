import { describe, expect, it } from 'vitest';
import { playbookManifest, playbookSpec, restartStep } from '../../../test/builders/repair-playbook.ts';
import { WRONG_PLAYBOOKS } from '../../../test/builders/wrong-playbooks.ts';
import { parseRepairPlaybook, readStored } from './parse.ts';
import { StepTarget } from './step.ts';
import { storedRepairPlaybook } from './stored.ts';

const metadata = { name: 'x', namespace: 'shop', uid: 'u', generation: 2, resourceVersion: '5' };
const stored = (more: object) => storedRepairPlaybook({ ...playbookManifest(), metadata, ...more });

function told(spec: unknown, at: string): readonly string[] {
  const parsed = parseRepairPlaybook({ ...playbookManifest(), spec });
  return parsed.ok ? [] : parsed.fields.flatMap(({ field, message }) => (field === at ? [message] : []));
}

it('has no namespace in a target: what is repaired stands in that of the run', () => {
  expect(Object.keys(StepTarget.shape).toSorted()).toEqual(['fromLabel', 'kind', 'name']);
});

describe('parseRepairPlaybook', () => {
  it.each(WRONG_PLAYBOOKS)('refuses $what where the API server does', ({ spec, field }) => {
    expect(told(spec, field)).not.toEqual([]);
  });

  it.each(WRONG_PLAYBOOKS.filter(({ ownWords }) => !ownWords))('says of $what what the API server says', ({ spec, field, sentence }) => {
    expect(told(spec, field).join('\n')).toContain(sentence);
  });

  it('fills in the defaults', () => {
    const parsed = parseRepairPlaybook(playbookManifest());
    expect(parsed.ok && parsed.object.spec).toEqual({
      match: { alertname: 'ApiErrors' },
      source: 'manual',
      steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'api' }, parameters: {} }],
      mode: 'Approve',
      approval: { approvers: [], expiresAfter: '30m', quorum: 1 },
      verify: { window: '10m', quiet: '10m', alertFor: '0s', evaluationInterval: '1m' },
      limits: { cooldown: '10m', maxPerHour: 3, maxConcurrent: 1 },
      onFailure: 'Keep',
      gitOps: 'Refuse',
      successfulRunsHistoryLimit: 20,
      failedRunsHistoryLimit: 20,
      suspend: false,
    });
  });

  it.each([undefined, null, 'x', [], {}, { kind: 'RepairPlaybook' }])('refuses %j without throwing', object => {
    expect(parseRepairPlaybook(object).ok).toBe(false);
  });
});

describe('a stored playbook', () => {
  it('keeps of a status that another version wrote what a person decided, and the quarantine', () => {
    const status = {
      trust: 'Quarantined',
      lastHandledRelease: 'r1',
      releasedAt: '2026-01-01T00:00:00Z',
      stats: 'none',
      conditions: 'none',
    };
    expect(stored({ status }).status).toEqual({ trust: 'Quarantined', lastHandledRelease: 'r1', releasedAt: '2026-01-01T00:00:00Z' });
  });

  it('is held although its spec is of an older schema, and says what is wrong with it when that is read', () => {
    const old = stored({ spec: playbookSpec({ steps: [restartStep({ action: 'reboot' })] }) });
    const read = readStored(old);
    expect(read.ok ? [] : read.fields.map(({ field }) => field)).toEqual(['spec.steps[0].action']);
    expect(readStored(stored({}))).toMatchObject({ ok: true, object: { metadata, spec: { mode: 'Approve' } } });
  });

  it('is refused where it is no object of Kubernetes', () => {
    expect(() => storedRepairPlaybook({ kind: 'RepairPlaybook' })).toThrow(/metadata/);
  });
});
