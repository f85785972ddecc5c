import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operator } from '../parts/operator.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { alertRule, signozSecret } from './rule-stage.ts';
import { type RuleWorld, ruleWorld } from './rule-world.ts';

const ANN = 'ann@example.com';
const CHANNELS = [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }];
let world: RuleWorld;
let operator: Operator;

beforeAll(async () => {
  world = await ruleWorld('rule-aftermath');
  operator = await world.operator();
});
afterAll(() => world.stop());

/** A SigNoz that the Secret of this name leads to. */
async function signozAt(secret: string): Promise<Signoz> {
  const signoz = world.keep(await startSignoz({ instance: secret, channels: CHANNELS }));
  await lead(secret, signoz);
  return signoz;
}

const lead = (secret: string, to: Signoz) => world.stage.apply({ ...signozSecret(to), metadata: { name: secret } });
const ruleAt = (secret: string, name: string, spec: object = {}) =>
  alertRule(name, { signoz: { secretRef: { name: secret } }, resync: '10s', ...spec });
const writesTo = ({ requests }: Signoz): string[] =>
  requests.filter(({ method, path }) => method !== 'GET' && path.includes('/rules')).map(({ method }) => method);
let looks = 0;

/** Has an object looked at now, and waits until that is done. */
async function lookedAt(name: string): Promise<void> {
  const at = String((looks += 1));
  await world.stage.kubectl('annotate', 'sar', name, `awoooi.io/requested-at=${at}`, '--overwrite');
  await world.rules.until(name, rule => rule.status.lastHandledRequest === at);
}

async function made(secret: string, name: string, spec: object = {}): Promise<string> {
  await world.stage.apply(ruleAt(secret, name, spec));
  return (await world.rules.synced(name)).status.ruleId ?? '';
}

describe('a change in SigNoz that is larger than a status', () => {
  it.each(['Report', 'Correct'])('is told of under the policy %s with as much as there is room for', async policy => {
    const id = await made('signoz', `flood-${policy.toLowerCase()}`, { drift: { policy } });
    const labels = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`label_${n}_${'x'.repeat(100)}`, 'v']));
    world.signoz.editAs(ANN, id, shown => ({ ...shown, labels }));
    const { status } = await world.rules.until(`flood-${policy.toLowerCase()}`, rule => rule.status.lastDrift !== undefined);
    expect(status.lastDrift).toMatchObject({
      updatedBy: ANN,
      fields: expect.arrayContaining([expect.stringMatching(/^\/labels\/label_/)]),
    });
    expect(status.lastDrift?.fields).toHaveLength(100);
  });
});

describe('a rule that a person has switched off', () => {
  it('stays so where changes are not looked for, through lists and looks', async () => {
    const id = await made('signoz', 'switched-off', { drift: { policy: 'Ignore' } });
    world.signoz.editAs(ANN, id, shown => ({ ...shown, disabled: true }));
    await world.rules.until('switched-off', rule => world.rules.condition(rule, 'Evaluating')?.reason === 'DisabledInSignoz');
    for (let look = 0; look < 3; look += 1) await lookedAt('switched-off');
    expect(await world.view.one(id)).toMatchObject({ state: 'disabled', updatedBy: ANN });
  });
});

describe('a SigNoz that is restored from an old backup', () => {
  it('has a rule again whose object is gone: it stays, and an object of the name has it as its only one', async () => {
    const signoz = await signozAt('restored');
    await made('restored', 'stays');
    const id = await made('restored', 'deleted');
    const backup = signoz.snapshot();
    await world.stage.kubectl('delete', 'sar', 'deleted');
    signoz.restore(backup);
    await lookedAt('stays');
    await world.rules.synced('stays');
    expect(signoz.rules().map(rule => rule['id'])).toContain(id);
    await world.stage.apply(ruleAt('restored', 'deleted'));
    // Where no list has been read since, it is made a second one first: the older stays.
    await world.rules.until('deleted', rule => rule.status.ruleId === id && signoz.rules().length === 2);
    await world.rules.synced('deleted');
  });
});

describe('a Secret', () => {
  it('that leads to another SigNoz from now on has the rule made there, and tells of the one that is left behind', async () => {
    const before = await signozAt('moving');
    const left = await made('moving', 'moved');
    const after = world.keep(await startSignoz({ instance: 'after', channels: CHANNELS }));
    await lead('moving', after);
    const { status } = await world.rules.until('moved', rule => rule.status.connection?.url === after.url);
    expect(after.rules()).toMatchObject([{ id: status.ruleId }]);
    expect((await world.rules.eventually('moved', 'LeftBehind')).note).toContain(left);
    expect(before.rules()).toMatchObject([{ id: left }]);
  });

  it('with a renewed key heals by itself, and nothing is written for it', async () => {
    const signoz = await signozAt('renewed');
    await made('renewed', 'kept');
    signoz.setKeys({ 'key-of-tomorrow': 'editor' });
    const revoked = await world.rules.because('kept', 'Unauthorized');
    expect(['Stalled', 'Evaluating'].map(type => world.rules.condition(revoked, type)?.status)).toEqual(['True', 'Unknown']);
    await world.stage.apply({ ...signozSecret(signoz, { apiKey: 'key-of-tomorrow' }), metadata: { name: 'renewed' } });
    const { status } = await world.rules.until('kept', rule => world.rules.condition(rule, 'Ready')?.status === 'True', 60_000);
    expect(status.conditions.map(({ type }) => type)).not.toContain('Stalled');
    expect(writesTo(signoz)).toEqual(['POST']);
  });

  it('with a key that may only read has one object try for all', { timeout: 100_000 }, async () => {
    const signoz = await signozAt('reading');
    signoz.setKeys({ [signoz.editorKey]: 'viewer' });
    const names = Array.from({ length: 20 }, (_, n) => `reader-${n}`);
    await world.stage.apply(...names.map(name => ruleAt('reading', name)));
    for (const name of names) await world.rules.because(name, 'Forbidden');
    expect(writesTo(signoz).length).toBeLessThan(names.length);
    signoz.setKeys({ [signoz.editorKey]: 'editor' });
    for (const name of names) await world.rules.until(name, rule => rule.status.ruleId !== undefined, 70_000);
    expect(signoz.rules()).toHaveLength(names.length);
  });

  it('has its key in no log, object or event', async () => {
    const shown = [operator.process().log(), await world.stage.kubectl('get', 'sar,events', '-o', 'yaml')].join('\n');
    expect(shown).toContain('Unauthorized');
    for (const key of [world.signoz.editorKey, 'key-of-tomorrow']) expect(shown).not.toContain(key);
  });
});
