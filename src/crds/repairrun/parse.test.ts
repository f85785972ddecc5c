import { describe, expect, it } from 'vitest';
import { runManifest } from '../../../test/builders/repair-run.ts';
import { WRONG_RUNS } from '../../../test/builders/wrong-runs.ts';
import { parseRepairRun, readStored } from './parse.ts';
import { storedRepairRun } from './stored.ts';

const metadata = { name: 'x', namespace: 'shop', uid: 'u', generation: 2, resourceVersion: '5' };
const stored = (status: unknown) => storedRepairRun({ ...runManifest(), metadata, status });

function told(spec: unknown, at: string): readonly string[] {
  const parsed = parseRepairRun({ ...runManifest(), spec });
  return parsed.ok ? [] : parsed.fields.flatMap(({ field, message }) => (field === at ? [message] : []));
}

describe('parseRepairRun', () => {
  it.each(WRONG_RUNS)('refuses $what where the API server does', ({ spec, field }) => {
    expect(told(spec, field)).not.toEqual([]);
  });

  it.each(WRONG_RUNS.filter(({ ownWords }) => !ownWords))('says of $what what the API server says', ({ spec, field, sentence }) => {
    expect(told(spec, field).join('\n')).toContain(sentence);
  });

  it('fills in the defaults', () => {
    const parsed = parseRepairRun(runManifest());
    expect(parsed.ok && parsed.object.spec).toMatchObject({ mode: 'Approve', dryRun: false, approvals: [], onFailure: 'Keep' });
  });

  it.each([undefined, null, 'x', [], {}, { kind: 'RepairRun' }])('refuses %j without throwing', object => {
    expect(parseRepairRun(object).ok).toBe(false);
  });
});

const step = { index: 0, action: 'restart_pod', intent: { time: '2026-01-01T00:00:00Z', summary: 's', plan: '{}' } };
const approval = { by: 'mei', via: 'kubernetes', decision: 'Reject', time: '2026-01-01T00:00:00Z' };

describe('the status of a stored run', () => {
  it('keeps what says how far the run came, whatever else cannot be read', () => {
    const status = { phase: 'Running', steps: [step], approvals: [approval], startedAt: '2026-01-01T00:00:00Z' };
    expect(stored({ ...status, verification: 'none', conditions: 'none' }).status).toEqual(status);
  });

  it('counts as not begun only where nothing was recorded', () => {
    expect(stored({ verification: 'none' }).status?.phase).toBeUndefined();
    expect(stored({ phase: 'AwaitingApproval', gate: 1 }).status).toEqual({ phase: 'AwaitingApproval' });
  });

  it.each([
    ['its phase is of another version', { phase: 'Paused', steps: [step] }],
    ['a step cannot be read', { phase: 'Running', steps: [step, { ...step, index: 'two' }] }],
    ['a step cannot be read and the phase is gone', { steps: 'none' }],
    ['a decision cannot be read', { phase: 'AwaitingApproval', approvals: [{ ...approval, decision: 'Veto' }] }],
    ['it is no object at all', 'Running'],
  ])('has ended as Unknown where %s', (_, status) => {
    expect(stored(status).status).toMatchObject({ phase: 'Unknown', message: expect.stringContaining('nothing more is done') });
  });

  it('keeps the end of a run whose steps cannot be read, and that it was learned from', () => {
    expect(stored({ phase: 'Succeeded', steps: 'none', learned: true }).status).toEqual({ phase: 'Succeeded', learned: true });
  });

  it('stays as it is when the spec is read', () => {
    expect(readStored(stored({ phase: 'Paused' }))).toMatchObject({ ok: true, object: { status: { phase: 'Unknown' } } });
  });
});
