import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { alertRule, signozSecret } from './rule-stage.ts';
import { type RuleWorld, ruleWorld } from './rule-world.ts';

let world: RuleWorld;

beforeAll(async () => {
  world = await ruleWorld('rule-deletion');
  await world.operator({ SIGNOZ_URL: world.signoz.url, SIGNOZ_API_KEY: world.signoz.editorKey, AWOOOI_DEFAULT_NAMESPACES: 'elsewhere' });
});
afterAll(() => world.stop());

const ruleWith = async (id: string | undefined) => (await world.view.all()).find(rule => rule.id === id);

async function made(name: string, spec: object = {}): Promise<string> {
  await world.stage.apply(alertRule(name, spec));
  return (await world.rules.synced(name)).status.ruleId ?? '';
}

async function removed(...names: readonly string[]): Promise<void> {
  await world.stage.kubectl('delete', 'sar', ...names, '--wait=false');
}

async function anotherSignoz(secret: string): Promise<Signoz> {
  const signoz = world.keep(
    await startSignoz({ instance: secret, channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }] }),
  );
  await world.stage.apply({ ...signozSecret(signoz), metadata: { name: secret } });
  return signoz;
}

/** So many objects with rules in a SigNoz of their own. */
async function many(prefix: string, count: number): Promise<{ readonly all: string[]; readonly big: Signoz }> {
  const big = await anotherSignoz(prefix);
  const all = Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
  await world.stage.apply(...all.map(name => alertRule(name, { signoz: { secretRef: { name: prefix } } })));
  for (const name of all) await world.rules.synced(name);
  return { all, big };
}

describe('the rule of an object that is deleted', () => {
  it.each([
    ['Delete', undefined, 'Deleted'],
    ['Orphan', 'inactive', 'Orphaned'],
    ['Disable', 'disabled', 'Disabled'],
  ])('under %s', async (deletionPolicy, state, reason) => {
    const name = `policy-${deletionPolicy.toLowerCase()}`;
    const id = await made(name, { deletionPolicy });
    await removed(name);
    await world.rules.gone(name);
    expect((await ruleWith(id))?.['state']).toBe(state);
    expect((await world.rules.eventually(name, reason)).reason).toBe(reason);
  });

  it('is taken back by an object of the same name, once it was left', async () => {
    const id = await made('comes-again', { deletionPolicy: 'Orphan' });
    await removed('comes-again');
    await world.rules.gone('comes-again');
    expect(await made('comes-again')).toBe(id);
  });

  it('waits for a planned maintenance to let go of it', async () => {
    const id = await made('maintained');
    world.signoz.planMaintenance([id]);
    await removed('maintained');
    await world.rules.because('maintained', 'HeldByMaintenance');
    expect(await ruleWith(id)).toBeDefined();
    await world.rules.patch('maintained', { finalizerTimeout: '1s' });
    await world.rules.gone('maintained');
    expect((await world.rules.eventually('maintained', 'Orphaned')).note).toContain(id);
  });

  it('goes although the Secret went first', async () => {
    const other = await anotherSignoz('other');
    await made('bereft', { signoz: { secretRef: { name: 'other' } } });
    await world.stage.kubectl('delete', 'secret', 'other');
    await removed('bereft');
    await world.rules.gone('bereft');
    expect(other.rules()).toEqual([]);
  });

  it('is left with a word where SigNoz is gone for longer than finalizerTimeout', async () => {
    const other = await anotherSignoz('dying');
    await made('stranded', { signoz: { secretRef: { name: 'dying' } }, finalizerTimeout: '3s' });
    await other.stop();
    await removed('stranded');
    await world.rules.gone('stranded');
    expect((await world.rules.eventually('stranded', 'Orphaned')).note).toContain('was left in SigNoz');
  });
});

describe('an object that never got as far as a rule', () => {
  it.each([
    ['whose Secret is not there', 'no-secret', { signoz: { secretRef: { name: 'nowhere' } } }, 'SecretNotFound'],
    ['whose namespace may not use the default connection', 'no-default', { signoz: undefined }, 'ConnectionNotAllowed'],
    ['whose channel is not there', 'no-channel', { promql: { expr: 'up == 0', channels: ['nope'] } }, 'ChannelNotFound'],
  ])('%s is gone at once', async (_, name, spec, reason) => {
    await world.stage.apply(alertRule(name, spec));
    const rule = await world.rules.because(name, reason);
    expect(rule.metadata.finalizers).toEqual([]);
    await world.stage.kubectl('delete', 'sar', name, '--timeout=10s');
    await world.rules.gone(name);
  });
});

describe('a mass deletion', () => {
  it('is stopped before the first rule is gone, and goes on once it is confirmed', async () => {
    const { all, big } = await many('mass', 12);
    await removed(...all);
    const held = await Promise.all(all.map(name => world.rules.because(name, 'MassDeletion')));
    const said = held.map(rule => world.rules.condition(rule, 'Ready')?.message);
    expect(said[0]).toMatch(/12 of 12 rules .*awoooi\.io\/confirm-deletion=true/);
    expect(big.rules()).toHaveLength(12);
    await world.stage.kubectl('annotate', 'sar', ...all, 'awoooi.io/confirm-deletion=true');
    for (const name of all) await world.rules.gone(name);
    expect(big.rules()).toEqual([]);
  });

  it('leaves the rules where nobody confirms it in time', async () => {
    const { all, big } = await many('lost', 11);
    for (const name of all) await world.rules.patch(name, { finalizerTimeout: '15s' });
    await removed(...all);
    for (const name of all) await world.rules.gone(name);
    expect(big.rules()).toHaveLength(11);
  });

  it('is none where a few of many go', async () => {
    const { all, big } = await many('some', 14);
    await removed(...all.slice(0, 3));
    for (const name of all.slice(0, 3)) await world.rules.gone(name);
    expect(big.rules()).toHaveLength(11);
  });
});
