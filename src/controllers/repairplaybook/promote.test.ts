import { beforeEach, describe, expect, it } from 'vitest';
import { ANOMALY, PromotionBench } from '../../../test/builders/promotion-bench.ts';
import { repairPlaybook } from '../../../test/builders/anomaly-playbook.ts';
import { approval, playbookOfRun, repairRun } from '../../../test/builders/known-run.ts';
import type { RecordedApproval } from '../../crds/repairrun/status.ts';
import type { Analysis } from '../../domain/incidents/incident.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { RepairOutcome } from '../../domain/ports/learning-repository.ts';
import { learnedOutcome } from '../../domain/repair/learned-outcome.ts';
import { promote } from './promote.ts';

const NAME = `shop/restart-pod-${ANOMALY}`;
let bench: PromotionBench;

beforeEach(() => {
  bench = new PromotionBench();
});

const analysis = (asked: Analysis['asked']): Analysis => ({
  by: asked,
  asked,
  rootCause: 'too little memory',
  impact: '',
  fix: '',
  prevention: '',
  confidence: 0.9,
  at: bench.now,
});

it('writes what has proved itself: what it does, why, and on what evidence', async () => {
  expect(await bench.look()).toEqual({ result: 'created', playbook: NAME });
  const made = bench.cluster.get(NAME);
  expect(made?.annotations).toEqual({ 'awoooi.io/alertname': 'HighLatency' });
  expect(made?.spec).toEqual({
    match: { anomalyKey: ANOMALY },
    rootCause: 'a leak in the cache',
    description: 'Learned from repairs: restart_pod has helped 5 of 5 times (100 %).',
    source: 'auto_learning',
    evidence: 'restart_pod helped 5 of 5 times with HighLatency; the root cause is by a person',
    steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'api' } }],
    mode: 'Suggest',
  });
  expect(bench.settled).toEqual(['1']);
});

/** What comes of a run that helped, of a playbook that was learned with the text of a model. */
function taughtBy(voice: RecordedApproval): RepairOutcome | undefined {
  const time = '2026-03-29T11:00:00.000Z';
  const run = repairRun({
    spec: { anomalyKey: ANOMALY },
    status: {
      stepsHash: '0011223344556677',
      approvals: [voice],
      steps: [{ index: 0, action: 'restart_pod', effectTime: time, deed: { time, result: 'Done' } }],
      verdict: { phase: 'Succeeded', reason: 'Resolved', message: '', time },
    },
  });
  return learnedOutcome(run, playbookOfRun(run, { spec: { source: 'auto_learning', rootCause: 'what a model once said' } }));
}

describe('the root cause', () => {
  it.each([
    ['is what the approver of a run wrote', approval({ reason: 'a dead connection' }), 'a dead connection', 'by a person'],
    ["is not a learned playbook's own, come back through its runs", approval(), 'too little memory', 'by the analysis of an incident'],
  ])('%s', async (_, voice, rootCause, whose) => {
    bench.told = taughtBy(voice);
    if (bench.incident) bench.incident = { ...bench.incident, analysis: analysis('model') };
    expect((await bench.look()).result).toBe('created');
    expect(bench.cluster.get(NAME)?.spec).toMatchObject({
      rootCause,
      evidence: expect.stringMatching(new RegExp(`the root cause is ${whose}$`)),
    });
  });

  it('that was only reported is taken, and not said to be by a person', async () => {
    bench.told = { id: 'o', ...bench.candidate, success: true, by: 'runbook', rootCause: 'a leak' };
    await bench.look();
    expect(bench.cluster.get(NAME)?.spec).toMatchObject({
      rootCause: 'a leak',
      evidence: expect.stringMatching(/by the reporter of an outcome$/),
    });
  });

  it('is the analysis of a model where no person says it', async () => {
    bench.said = undefined;
    if (bench.incident) bench.incident = { ...bench.incident, analysis: analysis('model') };
    await bench.look();
    expect(bench.cluster.get(NAME)?.spec).toMatchObject({
      rootCause: 'too little memory',
      evidence: expect.stringContaining('the analysis'),
    });
  });

  it.each([['of rules'], ['that nobody gives']])('%s makes no playbook', async whose => {
    bench.said = undefined;
    if (bench.incident && whose === 'of rules') bench.incident = { ...bench.incident, analysis: analysis('rules') };
    expect(await bench.look()).toEqual({ result: 'refused', why: expect.stringContaining('root cause') });
    expect([bench.cluster.size, bench.settled]).toEqual([0, ['1']]);
  });
});

describe('where', () => {
  it('the setting says, whatever the labels do', async () => {
    await bench.look({ learnedNamespace: 'repairs' });
    expect([...bench.cluster.keys()]).toEqual([`repairs/restart-pod-${ANOMALY}`]);
  });

  it.each([
    ['a namespace that is not looked after', { namespace: 'elsewhere', deployment: 'api' }, 'no_namespace'],
    ['no namespace', { deployment: 'api' }, 'no_namespace'],
    ['no workload', { namespace: 'shop' }, 'unwritable'],
  ])('the labels name %s nothing is written, and it says what to do', async (_, labels, result) => {
    if (bench.incident) bench.incident = { ...bench.incident, labels };
    const looked = await bench.look();
    expect(looked).toMatchObject({ result, why: expect.stringMatching(/AWOOOI_LEARNED_PLAYBOOK_NAMESPACE|Deployment/) });
    expect([bench.cluster.size, bench.settled]).toEqual([0, ['1']]);
  });

  it('no incident is kept nothing can be written', async () => {
    bench.incident = undefined;
    expect(await bench.look()).toMatchObject({ result: 'unwritable' });
  });
});

describe('a playbook that is there', () => {
  it('is left as it is when it helps again', async () => {
    await bench.look();
    const before = bench.cluster.get(NAME);
    expect(await bench.helps(3)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(bench.cluster.get(NAME)).toBe(before);
  });

  it('learns what a person says anew, and not what a model says otherwise', async () => {
    await bench.look();
    bench.said = undefined;
    if (bench.incident) bench.incident = { ...bench.incident, analysis: analysis('model') };
    expect(await bench.helps()).toEqual(['unchanged']);
    bench.said = 'the pool is too small';
    expect(await bench.helps()).toEqual(['updated']);
    expect(bench.cluster.get(NAME)?.spec.rootCause).toBe('the pool is too small');
  });

  it.each([
    ['in another namespace', { metadata: { namespace: 'repairs' }, spec: { source: 'auto_learning' } }, 'unchanged'],
    ['under another name', { metadata: { name: 'mine' }, spec: { source: 'auto_learning' } }, 'unchanged'],
    ['that a person wrote', { metadata: { name: 'mine' }, spec: { source: 'manual' } }, 'manual'],
  ])('%s is not doubled', async (_, given, result) => {
    bench.others.push(repairPlaybook(given));
    bench.said = 'another reason';
    expect((await bench.look()).result).toBe(result);
    expect(bench.cluster.size).toBe(0);
  });
});

describe('a deletion', () => {
  beforeEach(async () => {
    await bench.look();
    await bench.helps(4);
    bench.cluster.clear();
  });

  it('is remembered until it has helped five times more', async () => {
    expect(await bench.helps(6)).toEqual(['deleted', 'deleted', 'deleted', 'deleted', 'created', 'unchanged']);
  });

  it('is remembered anew each time', async () => {
    await bench.helps(6);
    bench.cluster.clear();
    expect(await bench.helps(5)).toEqual(['deleted', 'deleted', 'deleted', 'deleted', 'created']);
  });

  it('is not held against it where a person says so', async () => {
    bench.learnAgain = true;
    expect(await bench.helps(1)).toEqual(['created']);
  });

  it('is over where counting began anew', async () => {
    bench.successes = 4;
    expect(await bench.helps(1)).toEqual(['created']);
  });
});

function shut(): never {
  throw new Error('not leading');
}

describe('killed', () => {
  const dead = new PortError('unreachable', 'gone');

  it.each(['write', 'settle'])('at %s, it is there once, and not taken for deleted', async operation => {
    bench.failing.set(operation, dead);
    await expect(bench.look()).rejects.toThrow('gone');
    expect(bench.settled).toEqual([]);
    bench.failing.clear();
    expect((await bench.look()).result).toBe(operation === 'write' ? 'created' : 'unchanged');
    expect([bench.cluster.size, bench.settled]).toEqual([1, ['1']]);
  });

  it('between writing and remembering, its deletion is remembered all the same', async () => {
    const forgetful = { ...bench.deps.memory, seen: async () => Promise.reject(dead) };
    await expect(bench.look({ memory: forgetful })).rejects.toThrow('gone');
    expect((await bench.look()).result).toBe('unchanged');
    bench.cluster.clear();
    expect(await bench.helps()).toEqual(['deleted']);
  });

  it('writes nothing once it does not lead any more', async () => {
    await expect(promote(bench.candidate, { signal: new AbortController().signal, fence: shut }, bench.deps)).rejects.toThrow(
      'not leading',
    );
    expect(bench.cluster.size).toBe(0);
  });
});
