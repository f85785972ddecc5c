import { describe, expect, it } from 'vitest';
import { type RuleBench, ruleSpec } from '../../../test/builders/rule-bench.ts';
import { benchForEach, writesTo } from '../../../test/builders/rule-bench-hooks.ts';
import { postableRule } from '../../../test/builders/signoz-rule.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import type { Signoz } from '../../../test/servers/signoz.ts';
import type { FoundRule } from '../../domain/ports/signoz-rules.ts';
import { PortError } from '../../domain/ports/port-error.ts';

let signoz: Signoz;
let bench: RuleBench;

benchForEach(made => ({ signoz, bench } = made));

const writes = (): string[] => writesTo(signoz);
const ids = (): unknown[] => signoz.rules().map(rule => rule['id']);

const away = (): Promise<FoundRule> => Promise.reject(new PortError('unavailable', 'SigNoz answered 503'));

function firstLook(look: () => Promise<FoundRule>): void {
  const real = bench.rules;
  let looks = 0;
  bench.rules = { ...real, get: (...args) => (looks++ === 0 ? look() : real.get(...args)) };
}
const planned = (over: object) => ruleSpec({ mode: 'Plan', ...over });

describe('a rule whose first look after the POST fails', () => {
  it.each<[string, () => Promise<FoundRule>]>([
    ['SigNoz does not answer', away],
    ['SigNoz does not find it yet', async () => ({ is: 'gone' })],
    ['SigNoz cannot read it', async () => ({ is: 'unreadable', message: 'no' })],
  ])('is not made twice: %s', async (_, look) => {
    firstLook(look);
    const key = await bench.made('errors');
    await bench.settle(key);
    expect([bench.reason(key), ids(), writes()]).toEqual(['Synced', [bench.shown(key).status?.ruleId], ['POST']]);
  });

  it('goes with its object', async () => {
    firstLook(away);
    const key = await bench.made('errors');
    expect([bench.reason(key), ids().length]).toEqual(['Unavailable', 1]);
    bench.remove(key);
    await eventually(async () => {
      if (bench.objects.has(key)) await bench.turn(key);
      return !bench.objects.has(key);
    });
    expect(ids()).toEqual([]);
  });
});

describe('a rule that waits to be taken over', () => {
  it.each(['ByName', 'ById'] as const)('%s is not yet its object’s own, and is once that is approved', async policy => {
    const [id = ''] = signoz.seed([postableRule({ alert: 'errors', source: '' })]);
    const adoption = policy === 'ById' ? { policy, ruleId: id } : { policy };
    const key = await bench.made('errors', planned({ adoption }));
    const { plan, ruleId } = bench.shown(key).status ?? {};
    expect([plan?.action, ruleId]).toEqual(['Adopt', undefined]);
    bench.apply('errors', planned({ adoption, approvedPlan: plan?.hash }));
    await bench.settle(key);
    expect([bench.reason(key), bench.shown(key).status?.ruleId, writes()]).toEqual(['Synced', id, ['PUT']]);
  });
});
