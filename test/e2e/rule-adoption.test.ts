import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postableRule } from '../builders/signoz-rule.ts';
import { alertRule } from './rule-stage.ts';
import { type RuleWorld, ruleWorld } from './rule-world.ts';

let world: RuleWorld;

beforeAll(async () => {
  world = await ruleWorld('adoption');
  await world.operator();
});
afterAll(() => world.stop());

/** A rule that somebody made by hand, or whose it is said to be. */
function theirs(alert: string, source = ''): string {
  const [id = ''] = world.signoz.seed([postableRule({ alert, source })]);
  return id;
}

const sourceOf = async (id: string): Promise<unknown> => (await world.view.one(id))['source'];

describe('a rule of the same name that nobody owns', () => {
  it('is left alone under Never, and an event warns of it', async () => {
    const id = theirs('beside');
    const before = await world.view.one(id);
    await world.stage.apply(alertRule('beside'));
    const { status } = await world.rules.synced('beside');
    expect(status.ruleId).not.toBe(id);
    expect(await world.view.one(id)).toEqual(before);
    expect((await world.rules.eventually('beside', 'SameName')).note).toContain(id);
  });

  it('is taken over under ByName', async () => {
    const id = theirs('by-name');
    await world.stage.apply(alertRule('by-name', { adoption: { policy: 'ByName' } }));
    expect((await world.rules.synced('by-name')).status.ruleId).toBe(id);
    expect(await sourceOf(id)).toMatch(/^awoooi:\/\//);
    expect((await world.view.all()).filter(({ alert }) => alert === 'by-name')).toHaveLength(1);
  });

  it('is not chosen among several', async () => {
    const ids = [theirs('twice'), theirs('twice')];
    await world.stage.apply(alertRule('twice', { adoption: { policy: 'ByName' } }));
    const rule = await world.rules.because('twice', 'NameAmbiguous');
    for (const id of ids) expect(world.rules.condition(rule, 'Ready')?.message).toContain(id);
    expect(await Promise.all(ids.map(sourceOf))).toEqual([undefined, undefined]);
  });

  it('is made where there is none', async () => {
    await world.stage.apply(alertRule('by-new-name', { adoption: { policy: 'ByName' } }));
    expect((await world.rules.synced('by-new-name')).status.ruleId).toBeDefined();
  });
});

describe('a rule that is asked for by its id', () => {
  it('is taken over, and is not made anew when its object comes again', async () => {
    const id = theirs('old name');
    const object = alertRule('by-id', { name: 'new name', adoption: { policy: 'ById', ruleId: id }, deletionPolicy: 'Orphan' });
    await world.stage.apply(object);
    expect((await world.rules.synced('by-id')).status.ruleId).toBe(id);
    expect((await world.view.one(id))['alert']).toBe('new name');
    await world.stage.kubectl('delete', 'sar', 'by-id');
    await world.stage.apply(alertRule('by-id', { name: 'new name' }));
    expect((await world.rules.synced('by-id')).status.ruleId).toBe(id);
  });

  it.each([
    ['another object’s', 'of-object', () => 'awoooi://another-cluster/shop/errors/11', 'shop/errors'],
    ['none at all', 'of-none', () => undefined, 'SigNoz has no rule'],
  ])('is refused where it is %s', async (_, name, source, said) => {
    const marker = source();
    const id = marker === undefined ? '0198c0de-0000-7000-8000-000000000009' : theirs(name, marker);
    const before = marker === undefined ? undefined : await world.view.one(id);
    await world.stage.apply(alertRule(name, { adoption: { policy: 'ById', ruleId: id } }));
    const rule = await world.rules.because(name, 'AdoptionRefused');
    expect(world.rules.condition(rule, 'Ready')?.message).toContain(said);
    expect(world.rules.condition(rule, 'Stalled')?.status).toBe('True');
    expect(before && (await world.view.one(id))).toEqual(before);
  });

  it('goes to one of two objects that ask at the same time', async () => {
    const id = theirs('fought over');
    await world.stage.apply(...['first', 'second'].map(name => alertRule(name, { adoption: { policy: 'ById', ruleId: id } })));
    const both = await Promise.all(
      ['first', 'second'].map(name =>
        world.rules.until(name, rule => ['True', 'False'].includes(world.rules.condition(rule, 'Ready')?.status ?? '')),
      ),
    );
    expect(both.map(rule => world.rules.condition(rule, 'Ready')?.reason)).toEqual(expect.arrayContaining(['AdoptionRefused', 'Synced']));
  });
});

it('gives a rule whose marker the UI wrote over to nobody else', async () => {
  await world.stage.apply(alertRule('kept', { drift: { policy: 'Ignore' } }));
  const { status } = await world.rules.synced('kept');
  world.signoz.editAs('ann@example.com', status.ruleId ?? '', shown => ({ ...shown, source: 'https://signoz.example/alerts/edit' }));
  await world.stage.apply(alertRule('thief', { name: 'kept', adoption: { policy: 'ById', ruleId: status.ruleId } }));
  await world.rules.because('thief', 'AdoptionRefused');
  expect(await sourceOf(status.ruleId ?? '')).toBe('https://signoz.example/alerts/edit');
});
