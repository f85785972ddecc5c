import { describe, expect, it } from 'vitest';
import { type RuleBench, ruleSpec } from '../../../test/builders/rule-bench.ts';
import { benchForEach, writesTo } from '../../../test/builders/rule-bench-hooks.ts';
import type { RuleBody } from '../../domain/ports/signoz-rules.ts';
import { postableRule } from '../../../test/builders/signoz-rule.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import type { Signoz } from '../../../test/servers/signoz.ts';

let signoz: Signoz;
let bench: RuleBench;

benchForEach(made => ({ signoz, bench } = made));

const writes = (): string[] => writesTo(signoz);
const ids = (): unknown[] => signoz.rules().map(rule => rule['id']);
const idOf = (key: string): string => bench.shown(key).status?.ruleId ?? '';

const odd = (body: RuleBody): RuleBody => ({ ...body, description: 'odd' });
const plan = (key: string) => bench.shown(key).status?.plan;
const planned = (over: object = {}) => ruleSpec({ mode: 'Plan', ...over });

describe('an object', () => {
  it('has its rule, and a second look asks and writes nothing', async () => {
    const key = await bench.made('errors');
    expect([bench.reason(key), ids()]).toEqual(['Synced', [idOf(key)]]);
    const before = [bench.shown(key), signoz.requests.length];
    await bench.settle(key);
    expect([bench.shown(key), signoz.requests.length]).toEqual(before);
    expect(writes()).toEqual(['POST']);
  });

  it('finds its rule again by the marker where the process died after the POST', async () => {
    const real = bench.rules;
    bench.rules = {
      ...real,
      create: async (...args) => {
        await real.create(...args);
        throw new Error('the process died');
      },
    };
    const key = bench.apply('errors');
    for (let turns = 0; writes().length === 0 && turns < 20; turns += 1) await bench.turn(key).catch(() => {});
    bench.rules = real;
    bench.restart();
    await bench.settle(key);
    expect([bench.reason(key), ids(), writes()]).toEqual(['Synced', [idOf(key)], ['POST']]);
  });

  it('has a drift put right, and its places named', async () => {
    const key = await bench.made('errors');
    signoz.editAs('ann@example.com', idOf(key), rule => ({ ...rule, description: 'hers', labels: { team: 'web' } }));
    bench.apply('errors', ruleSpec(), { annotations: { 'awoooi.io/requested-at': '1' } });
    await bench.settle(key);
    expect(bench.shown(key).status?.lastDrift).toMatchObject({
      fields: ['/description', '/labels/severity', '/labels/team'],
      updatedBy: 'ann@example.com',
    });
    expect([writes(), bench.reason(key)]).toEqual([['POST', 'PUT'], 'Synced']);
    expect(bench.shown(key).status?.lastHandledRequest).toBe('1');
  });

  it('is written once more where somebody changes the rule between the write and the look after it', async () => {
    const key = await bench.made('errors');
    const real = bench.rules;
    let edits = 0;
    bench.rules = {
      ...real,
      replace: async (...args) => {
        const answer = await real.replace(...args);
        edits += 1;
        if (edits === 1) signoz.editAs('ann@example.com', idOf(key), rule => ({ ...rule, description: 'hers' }));
        return answer;
      },
    };
    bench.apply('errors', ruleSpec({ description: 'ours' }));
    await bench.settle(key);
    expect([bench.reason(key), signoz.rules()[0]?.['description'], edits]).toEqual(['Synced', 'ours', 2]);
  });

  it('is not written again and again where SigNoz keeps something else than it is sent', async () => {
    const real = bench.rules;
    bench.rules = {
      ...real,
      create: (connection, body, signal) => real.create(connection, odd(body), signal),
      replace: (connection, { id, body }, signal) => real.replace(connection, { id, body: odd(body) }, signal),
    };
    const key = await bench.made('errors');
    await bench.settle(key);
    expect([bench.reason(key), bench.condition(key, 'Stalled')?.status, writes()]).toEqual(['StoredDifferently', 'True', ['POST', 'PUT']]);
    expect(bench.condition(key, 'Ready')?.message).toContain('awoooi rules diff');
  });

  it('is not said to be stored differently for a place that it ignores, where the list was read before that was known', async () => {
    const first = await bench.made('first');
    const key = await bench.made('second', ruleSpec({ drift: { policy: 'Correct', ignoreFields: ['/description'] } }));
    signoz.editAs('ann@example.com', idOf(key), rule => ({ ...rule, description: 'hers' }));
    bench.apply('second', bench.shown(key).spec ?? {}, { annotations: { 'awoooi.io/requested-at': '1' } });
    await bench.settle(key);
    bench.restart();
    await bench.settle(first);
    await bench.settle(key);
    expect([bench.reason(key), writes()]).toEqual(['Synced', ['POST', 'POST']]);
  });

  it('asks SigNoz for nothing while it is suspended, or once its Secret is gone', async () => {
    const key = await bench.made('errors');
    bench.apply('errors', ruleSpec({ suspend: true }));
    await bench.settle(key);
    expect([bench.reason(key), bench.condition(key, 'Ready')?.status, bench.deps.signozes.watchedAt(signoz.url)]).toEqual([
      'Suspended',
      'Unknown',
      0,
    ]);
    bench.apply('errors');
    await bench.settle(key);
    expect(bench.deps.signozes.watchedAt(signoz.url)).toBe(1);
    bench.secrets.clear();
    await bench.deps.connections.refresh({ namespace: 'shop', secret: 'signoz' }, new AbortController().signal);
    await bench.settle(key);
    expect([bench.reason(key), bench.deps.signozes.watchedAt(signoz.url)]).toEqual(['SecretNotFound', 0]);
  });

  it('makes no second rule where it was suspended while nobody knew of its first', async () => {
    await bench.made('other');
    signoz.breakWith({ is: 'drop-answer' }, ({ method }) => method === 'POST');
    const key = bench.apply('errors');
    for (let turns = 0; signoz.rules().length < 2 && turns < 10; turns += 1) await bench.turn(key);
    signoz.breakWith({ is: 'reset' });
    bench.apply('errors', ruleSpec({ suspend: true }));
    await bench.settle(key);
    bench.apply('errors');
    signoz.mend();
    await bench.settle(key);
    expect([bench.reason(key), ids().length]).toEqual(['Synced', 2]);
  });
});

describe('a rule that SigNoz stores and cannot read', () => {
  it('is written anew, and then it can be read', async () => {
    const key = await bench.made('errors');
    const raw = signoz.storeRaw(JSON.stringify(postableRule({ evaluation: { kind: 'lunar' } })));
    signoz.deleteRule(idOf(key));
    bench.objects.set(key, { ...bench.shown(key), status: { ...bench.shown(key).status, ruleId: raw } });
    bench.restart();
    await bench.settle(key);
    expect([bench.reason(key), ids(), writes()]).toEqual(['Synced', [raw], ['POST', 'PUT']]);
  });

  it('is not written again and again where that does not help', async () => {
    const key = await bench.made('errors');
    const real = bench.rules;
    signoz.deleteRule(idOf(key));
    bench.rules = {
      ...real,
      get: async () => ({ is: 'unreadable', message: 'unknown evaluation kind' }),
      replace: (connection, { body }, signal) => real.create(connection, body, signal).then(() => 'replaced'),
    };
    bench.restart();
    for (let looks = 0; looks < 5; looks += 1) await bench.settle(key);
    expect([bench.reason(key), writes()]).toEqual(['Unreadable', ['POST', 'POST']]);
  });
});

async function copied(): Promise<readonly [string, string]> {
  const key = await bench.made('errors');
  const copy = await bench.rules.create({ url: signoz.url, apiKey: signoz.editorKey }, await bodyOf(key), new AbortController().signal);
  bench.restart();
  return [key, copy];
}

describe('a second rule with the marker', () => {
  it('goes where it is the same', async () => {
    const [key, copy] = await copied();
    await bench.settle(key);
    expect([bench.reason(key), ids(), bench.told('DuplicateRemoved')[0]?.includes(copy)]).toEqual(['Synced', [idOf(key)], true]);
  });

  it('is only told of where a planned maintenance holds it', async () => {
    const [key, copy] = await copied();
    signoz.planMaintenance([copy]);
    await bench.settle(key);
    expect([bench.reason(key), bench.condition(key, 'Synced')?.reason, ids().length]).toEqual(['Synced', 'Duplicates', 2]);
    expect(bench.condition(key, 'Synced')?.message).toContain(copy);
  });
});

async function bodyOf(key: string): Promise<RuleBody> {
  const found = await bench.rules.get({ url: signoz.url, apiKey: signoz.editorKey }, idOf(key), new AbortController().signal);
  if (found.is !== 'found') throw new Error(`${key} has no rule`);
  return found.rule.body;
}

/** A list that began after now has ended. */
async function listedAnew(key: string): Promise<void> {
  const connection = { url: signoz.url, apiKey: signoz.editorKey };
  const watch = { ignore: [], resyncMs: 300_000, ruleId: undefined };
  const bound = bench.deps.signozes.bind(key, { connection, source: { namespace: 'shop', secret: 'signoz' }, watch });
  const before = bound.inventory;
  bound.awaitList(key, 'low');
  await eventually(() => bound.inventory !== before);
}

describe('a rule that two want', () => {
  it('is not written over where it has come to be another’s since it was decided on, though a list ends in between', async () => {
    const [id = ''] = signoz.seed([postableRule({ alert: 'errors', source: '' })]);
    await bench.made('other');
    const real = bench.rules;
    const key = bench.apply('errors', ruleSpec({ adoption: { policy: 'ById', ruleId: id } }));
    let stolen = 0;
    bench.rules = {
      ...real,
      async get(connection, asked, signal) {
        if (asked === id && writes().length === 1 && stolen++ === 0) {
          signoz.editAs('other-cluster', id, rule => ({ ...rule, source: 'awoooi://staging/shop/errors/1' }));
          await listedAnew(key);
        }
        return real.get(connection, asked, signal);
      },
    };
    await bench.settle(key);
    expect([bench.reason(key), stolen > 0, writes()]).toEqual(['AdoptionRefused', true, ['POST']]);
  });
});

it('comes back with a renewed key as soon as the old one is refused', async () => {
  const key = await bench.made('errors');
  signoz.setKeys({ renewed: 'editor' });
  bench.secret('shop/signoz', { url: signoz.url, editorKey: 'renewed' });
  bench.apply('errors', ruleSpec({ description: 'new' }));
  await bench.turn(key);
  expect([bench.reason(key), bench.condition(key, 'Stalled')?.status]).toEqual(['Unauthorized', 'True']);
  await eventually(() => bench.asked.has(key));
  await bench.settle(key);
  expect([bench.reason(key), signoz.rules()[0]?.['description']]).toEqual(['Synced', 'new']);
});

describe('with mode Plan', () => {
  it('nothing is written before just this plan is approved, and afterwards nothing is left to do', async () => {
    const key = await bench.made('errors', planned());
    expect([bench.reason(key), writes(), bench.shown(key).metadata.finalizers]).toEqual(['PlanPending', [], undefined]);
    expect(plan(key)).toMatchObject({ action: 'Create', diff: expect.stringContaining('alert') });
    bench.apply('errors', planned({ approvedPlan: plan(key)?.hash }));
    await bench.settle(key);
    expect([bench.reason(key), plan(key)?.action, writes()]).toEqual(['Synced', 'None', ['POST']]);
  });

  it('an approval counts once: the same drift, or the same deletion in SigNoz, needs another', async () => {
    const key = await bench.made('errors', planned());
    const look = async (approvedPlan: string | undefined, n: number): Promise<void> => {
      bench.apply('errors', planned({ approvedPlan }), { annotations: { 'awoooi.io/requested-at': `${n}` } });
      await bench.settle(key);
    };
    await look(plan(key)?.hash, 1);
    const edit = (): void => signoz.editAs('ann@example.com', idOf(key), rule => ({ ...rule, description: 'hers' }));
    edit();
    await look(undefined, 2);
    const update = plan(key);
    await look(update?.hash, 3);
    expect([bench.reason(key), writes()]).toEqual(['Synced', ['POST', 'PUT']]);
    edit();
    await look(update?.hash, 4);
    expect([bench.reason(key), plan(key)?.action, plan(key)?.hash === update?.hash]).toEqual(['PlanPending', 'Update', false]);
    signoz.deleteRule(idOf(key));
    await look(undefined, 5);
    const create = plan(key);
    await look(create?.hash, 6);
    signoz.deleteRule(idOf(key));
    await look(create?.hash, 7);
    expect([bench.reason(key), plan(key)?.action, writes()]).toEqual(['PlanPending', 'Create', ['POST', 'PUT', 'POST']]);
  });

  it('a deletion waits for its approval too', async () => {
    const key = await bench.made('errors');
    bench.apply('errors', planned());
    bench.remove(key);
    await bench.settle(key);
    expect([bench.reason(key), plan(key)?.action, ids()]).toEqual(['PlanPending', 'Delete', [idOf(key)]]);
    expect(bench.condition(key, 'Ready')?.message).toMatch(/set spec\.approvedPlan to \w+\. At .* its rule stays in SigNoz\./);
    bench.apply('errors', planned({ approvedPlan: plan(key)?.hash }));
    await bench.settle(key);
    expect([bench.objects.has(key), ids()]).toEqual([false, []]);
  });
});
