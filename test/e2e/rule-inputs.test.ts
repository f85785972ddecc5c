import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMarker } from '../../src/domain/rule/marker.ts';
import { kubectl } from '../parts/kubectl.ts';
import type { Operator } from '../parts/operator.ts';
import { ruleQueries } from '../builders/signoz-rule.ts';
import { eventually } from '../parts/eventually.ts';
import type { Signoz } from '../servers/signoz.ts';
import { alertRule, rulesOn, type ShownRule } from './rule-stage.ts';
import { type RuleWorld, ruleWorld } from './rule-world.ts';
import { metricsOf, type Stage } from './stage.ts';

const RESYNC_MS = 10_000;
const WEBHOOK = { webhook_configs: [{ url: 'http://127.0.0.1:1' }] };

let world: RuleWorld;
let stage: Stage;
let signoz: Signoz;
let operator: Operator;

beforeAll(async () => {
  world = await ruleWorld('rule-inputs');
  ({ stage, signoz } = world);
  const refusal = { status: 400, body: { status: 'error', error: REFUSAL } };
  signoz.breakWith({ is: 'answer', reply: refusal }, ({ method, body }) => method === 'POST' && body.includes('"team":"unknown"'));
  operator = await world.operator();
});
afterAll(() => world.stop());

const expr = 'sum(rate(http_errors_total[5m])) > 1';
const promql = (over: object): object => ({ promql: { expr, for: '5m', channels: ['ops-hook'], ...over } });
const lists = (): number => signoz.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/rules')).length;
const ofObject = (name: string) => world.view.ofObject(name);

/** Once SigNoz has been listed so many times more: whoever tries again has done so. */
async function afterLists(count: number): Promise<void> {
  const from = lists();
  await eventually(() => lists() >= from + count, { withinMs: (count + 2) * 2 * RESYNC_MS });
}

function readyOf(rule: ShownRule): { readonly status: string; readonly reason: string; readonly message: string } {
  const { status = '', reason = '', message = '' } = rulesOn(stage).condition(rule, 'Ready') ?? {};
  return { status, reason, message };
}

function longForm(thresholds: readonly object[]): object {
  return {
    promql: undefined,
    alertType: 'METRIC_BASED_ALERT',
    condition: { compositeQuery: ruleQueries([{ type: 'promql', spec: { name: 'A', query: 'up' } }]), thresholds },
    evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '1m' } },
  };
}

function threshold(name: string, target: number): object {
  return { name, target, op: 'above', matchType: 'at_least_once', channels: ['ops-hook'] };
}

/** What a later SigNoz may refuse, whatever the operator knows of it. */
const REFUSAL = { code: 'invalid_input', message: 'alert rule is not valid', errors: [{ message: 'labels.team: is not known here' }] };

describe('what cannot be a rule', () => {
  it.concurrent.each([
    ['broken', promql({ expr: 'sum(rate(' }), 'InvalidQuery', 0],
    ['no-channel', promql({ channels: ['nobody'] }), 'ChannelNotFound', 0],
    ['template', { annotations: { summary: '{{ $value | humanizeUnheardOf }}' } }, 'UntranslatableTemplate', 0],
    ['refused', { labels: { team: 'unknown' } }, 'Rejected', 3],
  ] as const)('%s is a condition with a sentence, and tried no more than once a list', async (name, spec, reason, most) => {
    await stage.apply(alertRule(name, { resync: '10s', ...spec }));
    const rule = await rulesOn(stage).until(name, now => readyOf(now).status === 'False');
    expect(readyOf(rule).reason).toBe(reason);
    expect(readyOf(rule).message).toMatch(/^[\s\S]{20,}[.^)]\s*$/);
    expect(rulesOn(stage).condition(rule, 'Stalled')?.status).toBe('True');
    await afterLists(2);
    expect(ofObject(name)).toEqual([]);
    const posts = world.view.writes().filter(({ body }) => readMarker(JSON.parse(body).source)?.name === name);
    expect(posts.length).toBeLessThanOrEqual(most);
  });

  it('is a rule once its channel was created', async () => {
    await stage.apply(alertRule('later', promql({ channels: ['later-hook'] })));
    const rule = await rulesOn(stage).because('later', 'ChannelNotFound');
    expect(readyOf(rule).message).toContain('ops-hook');
    signoz.setChannel({ name: 'later-hook', ...WEBHOOK });
    await rulesOn(stage).until('later', now => readyOf(now).status === 'True', 60_000);
    expect(ofObject('later').length).toBe(1);
  });
});

/** Not by apply, which keeps a copy in an annotation that is too small for the largest. */
async function created(object: object): Promise<void> {
  const { namespace, cluster } = stage;
  await kubectl(['-n', namespace, 'create', '-f', '-'], { kubeconfig: cluster.adminKubeconfig, input: JSON.stringify(object) });
}

/** A letter of every plane that has any, and what a name may hold beside them. */
const PLANES = String.fromCodePoint(...Array.from({ length: 17 }, (_, plane) => plane * 0x1_00_00 + 0x41));

describe('what is a rule, however large or odd', () => {
  it.each([
    ['hundred', longForm(Array.from({ length: 100 }, (_, n) => threshold(`level ${n}`, n)))],
    ['planes', { name: `${PLANES} 規則 🛰️ \u202eabc` }],
    ['huge', { annotations: { summary: 'x'.repeat(1_000_000) } }],
  ] as const)('%s is written once, and is right from then on', async (name, spec) => {
    await created(alertRule(name, { resync: '10s', ...spec }));
    const { status } = await rulesOn(stage).synced(name);
    expect(ofObject(name)).toMatchObject([{ id: status.ruleId, ...('name' in spec && { alert: spec.name }) }]);
    expect(ofObject(name).length).toBe(1);
    const puts = world.view.writes().filter(({ method, path }) => method === 'PUT' && path.endsWith(status.ruleId ?? '-'));
    expect(puts).toEqual([]);
  });
});

describe('in a steady state', () => {
  it('nothing is written over three lists, neither to the API server nor to SigNoz', async () => {
    await afterLists(1);
    const [page, writes] = [await writesIn(), world.view.writes().length];
    await afterLists(3);
    expect(await writesIn()).toEqual(page);
    expect(world.view.writes().length).toBe(writes);
  });

  it('the API key stands in no log, object or event', async () => {
    const seen = [operator.process().log(), await stage.kubectl('get', 'sar,events', '-o', 'json'), await metricsOf(operator)].join('\n');
    expect(seen).toContain('"planes"');
    expect(seen).not.toContain(signoz.editorKey);
  });
});

/** The series that count writes. */
async function writesIn(): Promise<readonly string[]> {
  const lines = (await metricsOf(operator)).split('\n');
  const writing = /^awoooi_status_writes_total.*(?:written|failed)|^awoooi_signoz_calls_total.*(?:create|replace|remove)/;
  return lines.filter(line => writing.test(line));
}
