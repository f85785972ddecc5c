import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signoz } from '../servers/signoz.ts';
import { alertRule, rulesOn, type ShownRule } from './rule-stage.ts';
import { type RuleWorld, ruleWorld } from './rule-world.ts';
import type { Stage } from './stage.ts';

const ANN = 'ann@example.com';
const WITHIN_MS = 40_000;

let world: RuleWorld;
let stage: Stage;
let signoz: Signoz;

beforeAll(async () => {
  world = await ruleWorld('rule-edits');
  ({ stage, signoz } = world);
  await world.operator();
});
afterAll(() => world.stop());

interface Kept {
  readonly id: string;
  readonly puts: () => number;
}

/** A rule that is in SigNoz and compared every ten seconds. */
async function kept(name: string, spec: object = {}): Promise<Kept> {
  await stage.apply(alertRule(name, { resync: '10s', ...spec }));
  const { status } = await rulesOn(stage).synced(name);
  const id = status.ruleId ?? '';
  const puts = (): number => world.view.writes().filter(({ method, path }) => method === 'PUT' && path.endsWith(id)).length;
  return { id, puts };
}

const live = (id: string) => signoz.rules().find(rule => rule['id'] === id);
const labelsOf = ({ labels }: { readonly labels?: unknown }): object => (typeof labels === 'object' && labels !== null ? labels : {});
const withTarget = (shown: object, target: number): object => JSON.parse(JSON.stringify(shown).replace('"target":1', `"target":${target}`));
const ofObject = (name: string) => world.view.ofObject(name);
const until = (name: string, holds: (rule: ShownRule) => boolean) => rulesOn(stage).until(name, holds, WITHIN_MS);
const ready = (rule: ShownRule): string => {
  const { status = '-', reason = '-' } = rulesOn(stage).condition(rule, 'Ready') ?? {};
  return `${status}/${reason}`;
};
const hasSynced = (rule: ShownRule): boolean => ready(rule) === 'True/Synced';
/** Has every object looked at now. */
const lookedAt = (name: string, at: string) => stage.kubectl('annotate', 'sar', name, `awoooi.io/requested-at=${at}`, '--overwrite');

describe('a change that a person makes in SigNoz', () => {
  it.concurrent('is named and put right under the policy Correct', async () => {
    const { id, puts } = await kept('correct');
    signoz.editAs(ANN, id, shown => ({ ...shown, alert: 'by hand', labels: { ...labelsOf(shown), team: 'x' } }));
    const { status } = await until('correct', rule => rule.status.lastDrift !== undefined && hasSynced(rule));
    expect(status.lastDrift).toMatchObject({ fields: ['/alert', '/labels/team'], updatedBy: ANN });
    expect(live(id)).toMatchObject({ alert: 'correct' });
    expect(puts()).toBe(1);
  });

  it.concurrent('is only told of under the policy Report, and written over with the spec', async () => {
    const { id, puts } = await kept('report', { drift: { policy: 'Report' } });
    signoz.editAs(ANN, id, shown => ({ ...shown, alert: 'by hand' }));
    const told = await until('report', rule => ready(rule) === 'True/DriftReported');
    expect(told.status.lastDrift).toMatchObject({ fields: ['/alert'], updatedBy: ANN });
    expect(puts()).toBe(0);
    await rulesOn(stage).patch('report', { description: 'other' });
    await until('report', hasSynced);
    expect(live(id)).toMatchObject({ alert: 'report', description: 'other' });
  });

  it.concurrent('is not looked for under the policy Ignore', async () => {
    const { id, puts } = await kept('ignore', { drift: { policy: 'Ignore' } });
    signoz.editAs(ANN, id, shown => ({ ...shown, alert: 'by hand' }));
    await lookedAt('ignore', '1');
    const { status } = await until('ignore', rule => rule.status.lastHandledRequest === '1');
    expect(status.lastDrift).toBeUndefined();
    expect(live(id)).toMatchObject({ alert: 'by hand' });
    expect(puts()).toBe(0);
  });

  it.concurrent('stays where it may be disabled', async () => {
    const { id, puts } = await kept('switched', { drift: { ignoreFields: ['/disabled'] } });
    signoz.editAs(ANN, id, shown => ({ ...shown, disabled: true }));
    await lookedAt('switched', '1');
    const rule = await until('switched', now => now.status.lastHandledRequest === '1');
    expect(ready(rule)).toBe('True/Synced');
    expect(rulesOn(stage).condition(rule, 'Evaluating')).toMatchObject({ status: 'False', reason: 'DisabledInSignoz' });
    expect(puts()).toBe(0);
  });

  it.concurrent('stays in a place that does not count, also when the rule is written for another reason', async () => {
    const drift = { ignoreFields: ['/annotations/runbook', '/condition/thresholds/warning/target'] };
    const { id, puts } = await kept('places', { drift, annotations: { runbook: 'ours' } });
    signoz.editAs(ANN, id, shown => ({ ...withTarget(shown, 7), annotations: { runbook: 'by hand' } }));
    await lookedAt('places', '1');
    const looked = await until('places', rule => rule.status.lastHandledRequest === '1');
    expect(ready(looked)).toBe('True/Synced');
    expect(puts()).toBe(0);
    await rulesOn(stage).patch('places', { description: 'other' });
    await rulesOn(stage).synced('places');
    expect(live(id)).toMatchObject({ description: 'other', annotations: { runbook: 'by hand' } });
    expect(JSON.stringify(live(id))).toContain('"target":7');
    expect(puts()).toBe(1);
  });

  it('at the very moment of a write is lost to the spec, and the rule is whole', async () => {
    const { id, puts } = await kept('moment');
    signoz.beforeWrite(() => signoz.editAs(ANN, id, shown => ({ ...shown, alert: 'by hand', source: 'http://ui/alerts' })));
    await rulesOn(stage).patch('moment', { description: 'other' });
    await rulesOn(stage).synced('moment');
    expect(live(id)).toMatchObject({ alert: 'moment', description: 'other' });
    expect(ofObject('moment').length).toBe(1);
    expect(puts()).toBe(1);
  });

  it.concurrent('right after a write is found and put right', async () => {
    const { id } = await kept('after');
    await rulesOn(stage).patch('after', { description: 'other' });
    await until('after', () => live(id)?.['description'] === 'other');
    signoz.editAs(ANN, id, shown => ({ ...shown, alert: 'by hand' }));
    await until('after', rule => live(id)?.['alert'] === 'after' && hasSynced(rule));
    expect(ofObject('after').length).toBe(1);
  });
});

describe('a rule that a person deletes in SigNoz', () => {
  it.concurrent('is created again, once', async () => {
    const { id } = await kept('deleted');
    signoz.deleteRule(id);
    const { status } = await until('deleted', rule => rule.status.ruleId !== id && hasSynced(rule));
    expect(ofObject('deleted').map(rule => rule['id'])).toEqual([status.ruleId]);
    expect(status.lastDrift).toMatchObject({ fields: [''] });
  });

  it('at the very moment of a write is created again, once', async () => {
    const { id } = await kept('deleted-then');
    signoz.beforeWrite(() => signoz.deleteRule(id));
    await rulesOn(stage).patch('deleted-then', { description: 'other' });
    const { status } = await until('deleted-then', rule => rule.status.ruleId !== id && hasSynced(rule));
    expect(ofObject('deleted-then')).toMatchObject([{ id: status.ruleId, description: 'other' }]);
  });

  it.concurrent('stays deleted under the policy Report', async () => {
    const { id } = await kept('deleted-told', { drift: { policy: 'Report' } });
    signoz.deleteRule(id);
    await until('deleted-told', rule => ready(rule) === 'False/Deleted');
    expect(ofObject('deleted-told')).toEqual([]);
  });
});

describe('a second rule with the marker of an object', () => {
  it.concurrent('is deleted where it is just like the first', async () => {
    const { id } = await kept('twin');
    const { id: _, ...body } = live(id) ?? {};
    const [copy] = signoz.seed([body]);
    expect(ofObject('twin').map(rule => rule['id'])).toContain(copy);
    await until('twin', () => ofObject('twin').length === 1);
    expect(ofObject('twin')).toMatchObject([{ id }]);
  });

  it.concurrent('is left and told of where it is another', async () => {
    const { id } = await kept('cousin');
    const { id: _, ...body } = live(id) ?? {};
    const [other = ''] = signoz.seed([{ ...body, alert: 'another' }]);
    const told = await until('cousin', rule => rulesOn(stage).condition(rule, 'Synced')?.reason === 'Duplicates');
    expect(rulesOn(stage).condition(told, 'Synced')?.message).toContain(other);
    expect(ofObject('cousin').length).toBe(2);
    expect(told.status.ruleId).toBe(id);
  });
});

describe('a rule that SigNoz has not loaded', () => {
  it('is written again once, and only later a second time', async () => {
    const { id, puts } = await kept('unloaded');
    signoz.unload(id);
    await until('unloaded', rule => puts() === 1 && rule.status.healing?.attempts === 1 && hasSynced(rule));
    expect(live(id)).toMatchObject({ state: 'inactive' });
    // A turn that finds the rule right makes no new beginning of it.
    await lookedAt('unloaded', '1');
    await until('unloaded', rule => rule.status.lastHandledRequest === '1');
    signoz.unload(id);
    const again = await until('unloaded', rule => ready(rule) === 'False/NotLoaded');
    expect(rulesOn(stage).condition(again, 'Evaluating')).toMatchObject({ status: 'False', reason: 'NotLoaded' });
    expect(puts()).toBe(1);
  });
});
