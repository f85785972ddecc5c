import { afterEach, describe, expect, it } from 'vitest';
import { postableRule } from '../builders/signoz-rule.ts';
import { type Signoz, type SignozOptions, startSignoz } from './signoz.ts';
import { ruleIn, rulesIn, type SignozCaller, signozCaller } from './signoz-caller.ts';
import { MEASURED_LATENCY } from './signoz-pace.ts';

const hook = { name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] };
const running: Signoz[] = [];

async function started(options: SignozOptions = {}): Promise<{ signoz: Signoz; ask: SignozCaller }> {
  const signoz = await startSignoz({ channels: [hook], ...options });
  running.push(signoz);
  return { signoz, ask: signozCaller(signoz) };
}
afterEach(() => Promise.all(running.splice(0).map(signoz => signoz.stop())));

const one = (id: string): string => `/api/v2/rules/${id}`;

describe('a person', () => {
  it('edits a rule under another name, as the UI does', async () => {
    const clock = { now: new Date('2026-11-26T10:00:00.000Z') };
    const { signoz, ask } = await started({ now: () => clock.now });
    const { id } = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule() }));
    const before = ruleIn(await ask('GET', one(id)));
    clock.now = new Date('2026-11-26T11:00:00.000Z');
    signoz.editAs('ann@example.com', id, shown => ({ ...shown, alert: 'by hand' }));
    const updated = { updatedAt: '2026-11-26T11:00:00.000Z', updatedBy: 'ann@example.com' };
    expect(ruleIn(await ask('GET', one(id)))).toEqual({ ...before, alert: 'by hand', ...updated });
    expect(() => signoz.editAs('ann@example.com', id, shown => ({ ...shown, alert: '' }))).toThrow('alert rule is not valid');
    signoz.deleteRule(id);
    expect((await ask('GET', one(id)))[0]).toBe(404);
  });

  it('changes a rule at the very moment of another’s write', async () => {
    const { signoz, ask } = await started();
    const [id = ''] = signoz.seed([postableRule()]);
    const writes: unknown[] = [];
    signoz.beforeWrite(write => {
      writes.push(write);
      signoz.editAs('ann@example.com', id, shown => ({ ...shown, alert: 'by hand' }));
    });
    expect((await ask('GET', one(id)))[0]).toBe(200);
    expect(signoz.rules()).toMatchObject([{ alert: 'api error rate' }]);
    expect((await ask('PATCH', one(id), { body: { disabled: true } }))[0]).toBe(200);
    expect(signoz.rules()).toMatchObject([{ alert: 'by hand', disabled: true, updatedBy: 'rules-operator@signozserviceaccount.com' }]);
    await ask('PUT', one(id), { body: postableRule() });
    expect(signoz.rules()).toMatchObject([{ alert: 'api error rate' }]);
    expect(writes).toEqual([{ method: 'PATCH', id }]);
  });

  it('revokes and renews keys', async () => {
    const { signoz, ask } = await started();
    signoz.setKeys({ renewed: 'editor' });
    expect((await ask('GET', '/api/v2/rules'))[0]).toBe(401);
    expect((await ask('GET', '/api/v2/rules', { key: 'renewed' }))[0]).toBe(200);
  });
});

describe('a backup', () => {
  it('brings rules back under their ids, and forgets what came after it', async () => {
    const { signoz, ask } = await started();
    const [kept = '', off = ''] = signoz.seed([postableRule(), postableRule({ disabled: true })]);
    const then = signoz.rules().toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])));
    const backup = signoz.snapshot();
    signoz.deleteRule(kept);
    signoz.editAs('ann@example.com', off, shown => ({ ...shown, alert: 'later' }));
    const { id: later } = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule() }));
    signoz.restore(backup);
    const now = rulesIn(await ask('GET', '/api/v2/rules'));
    expect(now.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(then);
    expect(new Set(then.map(({ state }) => state))).toEqual(new Set(['disabled', 'inactive']));
    const { id: another } = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule() }));
    expect([kept, off, later]).not.toContain(another);
  });

  it('may be empty, and the next one behind the same URL has other ids', async () => {
    const { signoz, ask } = await started();
    const [id] = signoz.seed([postableRule()]);
    signoz.empty();
    expect(rulesIn(await ask('GET', '/api/v2/rules'))).toEqual([]);
    const { signoz: other } = await started({ instance: 'b' });
    expect(other.seed([postableRule()])).not.toContain(id);
  });

  it('lets nothing fire that fired before', async () => {
    const { signoz } = await started({ retry: { firstMs: 1, withinMs: 1 } });
    const [id = ''] = signoz.seed([postableRule()]);
    await signoz.fire({ rule: { id, name: '' } });
    expect(signoz.rules()).toMatchObject([{ state: 'firing' }]);
    signoz.restore(signoz.snapshot());
    expect(signoz.rules()).toMatchObject([{ state: 'inactive' }]);
  });
});

it('honours `disabled` of a new rule from v0.139 on', async () => {
  for (const [version, state] of [
    ['v0.138.0', 'inactive'],
    ['v0.139.0', 'disabled'],
  ] as const) {
    const { signoz, ask } = await started({ version });
    await ask('POST', '/api/v2/rules', { body: postableRule({ disabled: true }) });
    expect(signoz.rules()).toMatchObject([{ disabled: true, state }]);
  }
});

it('holds ten thousand rules, and lists them from what it has put together once', async () => {
  const { signoz, ask } = await started();
  const ids = signoz.seed(Array.from({ length: 10_000 }, (_, n) => postableRule({ alert: `rule ${n}` })));
  expect(new Set(ids).size).toBe(10_000);
  expect(rulesIn(await ask('GET', '/api/v2/rules')).length).toBe(10_000);
  signoz.editAs('ann@example.com', ids[7] ?? '', shown => ({ ...shown, alert: 'by hand' }));
  signoz.unload(ids[8] ?? '');
  const rules = new Map(rulesIn(await ask('GET', '/api/v2/rules')).map(rule => [rule.id, rule]));
  expect(rules.get(ids[7] ?? '')).toMatchObject({ alert: 'by hand' });
  expect(rules.get(ids[8] ?? '')).toMatchObject({ state: 'disabled', disabled: true });
});

describe('the pace of a real server', () => {
  const slow = { ...MEASURED_LATENCY, postMs: 40, putMs: 40, deleteMs: 40, patchMs: 40, getMs: 0, listMsPerRule: 0 };

  it('takes one write after another, and reads meanwhile', async () => {
    const { signoz, ask } = await started({ latency: slow });
    const ids = signoz.seed([postableRule(), postableRule(), postableRule()]);
    const order: string[] = [];
    const done = (name: string) => (): void => void order.push(name);
    const begunAt = performance.now();
    await Promise.all([
      ...ids.map(id => ask('PUT', one(id), { body: postableRule() }).then(done('put'))),
      ask('GET', one(ids[0] ?? '')).then(done('read')),
    ]);
    expect(order).toEqual(['read', 'put', 'put', 'put']);
    // A bound from below, which no slow machine breaks.
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(3 * 40);
  });

  it('takes longer for a longer list', async () => {
    const { signoz, ask } = await started({ latency: { ...slow, listMsPerRule: 1 } });
    signoz.seed(Array.from({ length: 60 }, () => postableRule()));
    const begunAt = performance.now();
    await ask('GET', '/api/v2/rules');
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(60);
  });
});
