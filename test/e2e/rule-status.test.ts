import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postableRule } from '../builders/signoz-rule.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { alertRule, rulesOn } from './rule-stage.ts';
import { type RuleWorld, ruleWorld } from './rule-world.ts';
import { type Stage, stageIn } from './stage.ts';

let world: RuleWorld;
let shared: Signoz;
let trusted: Stage;

beforeAll(async () => {
  world = await ruleWorld('rule-status');
  shared = world.keep(await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }] }));
  trusted = await stageIn(world.stage.cluster, 'trusted');
  await world.operator({
    SIGNOZ_URL: shared.url,
    SIGNOZ_API_KEY: shared.editorKey,
    AWOOOI_DEFAULT_NAMESPACES: trusted.namespace,
    AWOOOI_NAMESPACES: `${world.stage.namespace},${trusted.namespace}`,
  });
});
afterAll(() => world.stop());

describe('the status as kubectl and GitOps tools read it', () => {
  it('can be waited for, and belongs to the spec as it is now', async () => {
    await world.stage.apply(alertRule('waited'));
    await world.stage.kubectl('wait', '--for=condition=Ready', 'sar/waited', '--timeout=30s');
    await world.rules.patch('waited', { description: 'changed' });
    const { metadata, status } = await world.rules.until('waited', rule => rule.status.observedGeneration === 2);
    expect([metadata.generation, status.conditions.map(({ observedGeneration }) => observedGeneration)]).toEqual([2, [2, 2, 2, 2]]);
    expect(status.conditions.map(({ type, status: is }) => `${type}=${is}`)).toEqual([
      'Ready=True',
      'Synced=True',
      'Drifted=False',
      'Evaluating=True',
    ]);
  });

  it('says Stalled only for as long as a person is needed', async () => {
    await world.stage.apply(alertRule('stalls', { promql: { expr: 'up == 0', channels: ['nope'] } }));
    const stalled = await world.rules.because('stalls', 'ChannelNotFound');
    expect(world.rules.condition(stalled, 'Stalled')).toMatchObject({ status: 'True', message: expect.stringContaining('ops-hook') });
    await world.rules.patch('stalls', { promql: { channels: ['ops-hook'] } });
    const { status } = await world.rules.synced('stalls');
    expect(status.conditions.map(({ type }) => type)).not.toContain('Stalled');
    expect(status.conditions.map(({ type }) => type)).not.toContain('Reconciling');
  });

  it('is a line that says how the rule is, and a wide one that says where', async () => {
    await world.stage.apply(alertRule('listed', { mode: 'Plan' }));
    const { status } = await world.rules.because('listed', 'PlanPending');
    await world.rules.patch('listed', { approvedPlan: status.plan?.hash });
    const { ruleId, url } = (await world.rules.synced('listed')).status;
    const [head = '', row = ''] = (await world.stage.kubectl('get', 'sar', 'listed')).split('\n');
    expect(head.split(/ {2,}/)).toEqual(['NAME', 'READY', 'REASON', 'STATE', 'DRIFTED', 'LAST SYNC', 'AGE']);
    expect(row.split(/ {2,}/)).toEqual(['listed', 'True', 'Synced', 'inactive', 'False', expect.any(String), expect.any(String)]);
    const wide = await world.stage.kubectl('get', 'sar', 'listed', '-o', 'wide');
    for (const shown of ['None', ruleId, url, 'The rule in SigNoz is as the spec asks for it.']) expect(wide).toContain(shown);
  });
});

describe('the default connection', () => {
  it('is used by a namespace that may', async () => {
    await trusted.apply(alertRule('allowed', { signoz: undefined }));
    const { status } = await rulesOn(trusted).synced('allowed');
    expect(shared.rules().map(({ id }) => id)).toEqual([status.ruleId]);
  });

  it('is not used by one that may not, not even to look whose rule it wants to take over', async () => {
    const [id = ''] = shared.seed([postableRule({ alert: 'theirs', source: '' })]);
    await rulesOn(trusted).synced('allowed');
    const before = shared.requests.length;
    const adoption = { policy: 'ById', ruleId: id };
    await world.stage.apply(alertRule('thief', { signoz: undefined, name: 'theirs', adoption }));
    const rule = await world.rules.because('thief', 'ConnectionNotAllowed');
    expect(world.rules.condition(rule, 'Ready')?.message).toContain('spec.signoz.secretRef');
    await world.stage.kubectl('delete', 'sar', 'thief');
    expect(shared.requests.slice(before)).toEqual([]);
    expect(shared.rules().find(one => one['id'] === id)?.['source']).toBeUndefined();
  });
});
