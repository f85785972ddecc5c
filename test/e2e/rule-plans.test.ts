import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { postableRule } from '../builders/signoz-rule.ts';
import { pem, serverTls } from '../parts/certificates.ts';
import { startHttpServer } from '../servers/http-server.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { alertRule, signozSecret, signozView } from './rule-stage.ts';
import { type RuleWorld, ruleWorld } from './rule-world.ts';

let world: RuleWorld;

beforeAll(async () => {
  world = await ruleWorld('rule-plans');
  await world.operator();
});
afterAll(() => world.stop());

const CHANNELS = [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }];

async function anotherSignoz(secret: string, options: Parameters<typeof startSignoz>[0] = {}): Promise<Signoz> {
  const signoz = world.keep(await startSignoz({ channels: CHANNELS, instance: secret, ...options }));
  await world.stage.apply({ ...signozSecret(signoz), metadata: { name: secret } });
  return signoz;
}

const ruleWith = async (id: string | undefined) => (await world.view.all()).find(rule => rule.id === id);

describe('mode Plan', () => {
  let writes: number;
  beforeEach(() => {
    writes = world.view.writes().length;
  });
  const written = (): number => world.view.writes().length - writes;

  it('says what would be made, and makes it once that is approved', async () => {
    await world.stage.apply(alertRule('planned', { mode: 'Plan' }));
    const { status, metadata } = await world.rules.because('planned', 'PlanPending');
    expect(status.plan).toMatchObject({ action: 'Create', diff: expect.stringContaining('alert: nothing → "planned"') });
    expect([written(), metadata.finalizers]).toEqual([0, []]);
    await world.rules.patch('planned', { approvedPlan: status.plan?.hash });
    const after = await world.rules.synced('planned');
    expect(after.status.plan?.action).toBe('None');
    expect(written()).toBe(1);
  });

  it('asks again for whatever comes after', async () => {
    const before = (await world.rules.synced('planned')).status;
    await world.rules.patch('planned', { name: 'another' });
    const { status } = await world.rules.because('planned', 'PlanPending');
    expect(status.plan).toMatchObject({ action: 'Update', diff: 'alert: "planned" → "another"' });
    world.signoz.editAs('ann@example.com', before.ruleId ?? '', shown => ({ ...shown, description: 'by hand' }));
    await world.stage.kubectl('annotate', 'sar', 'planned', 'awoooi.io/requested-at=1', '--overwrite');
    const drifted = await world.rules.until('planned', rule => rule.status.plan?.hash !== status.plan?.hash);
    expect(drifted.status.lastDrift).toMatchObject({ fields: expect.arrayContaining(['/description']), updatedBy: 'ann@example.com' });
    await world.rules.patch('planned', { approvedPlan: status.plan?.hash });
    await world.rules.until('planned', rule => rule.status.observedGeneration === rule.metadata.generation);
    expect(written()).toBe(0);
  });

  it('deletes nothing without approval, and lets go of the object in time', async () => {
    const { ruleId } = (await world.rules.show('planned')).status;
    await world.rules.patch('planned', { finalizerTimeout: '4s' });
    await world.stage.kubectl('delete', 'sar', 'planned', '--wait=false');
    const { status } = await world.rules.until('planned', rule => rule.status.plan?.action === 'Delete');
    expect(status.plan?.hash).toMatch(/^[0-9a-f]{16}$/);
    await world.rules.gone('planned');
    expect([written(), await ruleWith(ruleId)]).toEqual([0, expect.anything()]);
  });

  it('deletes once that is approved', async () => {
    await world.stage.apply(alertRule('approved'));
    const { ruleId } = (await world.rules.synced('approved')).status;
    await world.rules.patch('approved', { mode: 'Plan' });
    await world.stage.kubectl('delete', 'sar', 'approved', '--wait=false');
    const { status } = await world.rules.until('approved', rule => rule.status.plan?.action === 'Delete');
    await world.rules.patch('approved', { approvedPlan: status.plan?.hash });
    await world.rules.gone('approved');
    expect(await ruleWith(ruleId)).toBeUndefined();
  });
});

describe('an object that is suspended', () => {
  it('has nothing done for it until it goes on', async () => {
    await world.stage.apply(alertRule('paused'));
    const { ruleId = '' } = (await world.rules.synced('paused')).status;
    await world.rules.patch('paused', { suspend: true, name: 'unheard' });
    await world.rules.because('paused', 'Suspended');
    expect((await ruleWith(ruleId))?.['alert']).toBe('paused');
    await world.rules.patch('paused', { suspend: false });
    await world.rules.synced('paused');
    expect((await ruleWith(ruleId))?.['alert']).toBe('unheard');
  });
});

describe('a look', () => {
  it.each([
    ['awoooi.io/requested-at', 'lastHandledRequest'],
    ['reconcile.fluxcd.io/requestedAt', 'lastHandledReconcileAt'],
  ] as const)('is had now by the annotation %s', async (annotation, echoed) => {
    await world.stage.apply(alertRule('looked-at'));
    const { ruleId = '' } = (await world.rules.synced('looked-at')).status;
    world.signoz.editAs('ann@example.com', ruleId, shown => ({ ...shown, alert: `by hand ${annotation}` }));
    await world.stage.kubectl('annotate', 'sar', 'looked-at', `${annotation}=now`, '--overwrite');
    const { status } = await world.rules.until('looked-at', rule => rule.status[echoed] === 'now');
    expect(status.lastDrift).toMatchObject({ fields: expect.arrayContaining(['/alert']), updatedBy: 'ann@example.com' });
    expect((await ruleWith(ruleId))?.['alert']).toBe('looked-at');
  });

  it('comes by itself within spec.resync', async () => {
    const signoz = await anotherSignoz('often');
    await world.stage.apply(alertRule('often', { signoz: { secretRef: { name: 'often' } }, resync: '10s' }));
    const { ruleId = '' } = (await world.rules.synced('often')).status;
    signoz.editAs('ann@example.com', ruleId, shown => ({ ...shown, alert: 'by hand' }));
    const { status } = await world.rules.until('often', rule => rule.status.lastDrift !== undefined);
    expect(status.lastDrift?.fields).toEqual(['/alert']);
    expect((await world.rules.eventually('often', 'DriftCorrected')).note).toContain('by ann@example.com (/alert)');
  });
});

describe('an object whose rule moves', () => {
  it('to another SigNoz takes it away from the one before', async () => {
    const [from, to] = [await anotherSignoz('from'), await anotherSignoz('to')];
    await world.stage.apply(alertRule('mover', { signoz: { secretRef: { name: 'from' } } }));
    await world.rules.synced('mover');
    await world.rules.patch('mover', { signoz: { secretRef: { name: 'to' } } });
    const { status } = await world.rules.until('mover', rule => rule.status.connection?.url === to.url);
    expect([from.rules().length, to.rules().map(({ id }) => id)]).toEqual([0, [status.ruleId]]);
    await world.rules.eventually('mover', 'Moved');
  });

  it('from a SigNoz that is gone says what it leaves behind, once finalizerTimeout is over', async () => {
    const [from, to] = [await anotherSignoz('gone-from'), await anotherSignoz('gone-to')];
    await world.stage.apply(alertRule('leaver', { signoz: { secretRef: { name: 'gone-from' } }, finalizerTimeout: '5s' }));
    const { ruleId = '' } = (await world.rules.synced('leaver')).status;
    await from.stop();
    await world.rules.patch('leaver', { signoz: { secretRef: { name: 'gone-to' } } });
    const leaving = await world.rules.until('leaver', rule => world.rules.condition(rule, 'Ready')?.reason === 'Leaving');
    expect([leaving.status.leaving?.[0]?.ruleId, to.rules().map(({ id }) => id)]).toEqual([ruleId, [leaving.status.ruleId]]);
    await world.rules.synced('leaver');
    expect((await world.rules.eventually('leaver', 'LeftBehind')).note).toContain(ruleId);
  });
});

describe('a connection', () => {
  it('may have a path', async () => {
    const signoz = await anotherSignoz('below', { basePath: '/signoz' });
    await world.stage.apply(alertRule('below', { signoz: { secretRef: { name: 'below' } } }));
    const { status } = await world.rules.synced('below');
    expect(status.url).toBe(`${signoz.url}/alerts/overview?ruleId=${status.ruleId}`);
    expect((await signozView(signoz).all()).map(({ id }) => id)).toEqual([status.ruleId]);
  });

  it('may have a CA of its own', async () => {
    const front = world.keep(
      await startHttpServer({
        tls: serverTls(),
        async handle({ method, path, headers, body }) {
          const asked = { method, headers: { 'signoz-api-key': headers['signoz-api-key'] ?? '', 'content-type': 'application/json' } };
          const answer = await fetch(`${world.signoz.url}${path}`, { ...asked, ...(body !== '' && { body }) });
          const text = await answer.text();
          return { status: answer.status, headers: { 'content-type': answer.headers.get('content-type') ?? '' }, body: text };
        },
      }),
    );
    const behind = { url: front.url, editorKey: world.signoz.editorKey };
    await world.stage.apply({ ...signozSecret(behind), metadata: { name: 'untrusted' } });
    await world.stage.apply(alertRule('untrusted', { signoz: { secretRef: { name: 'untrusted' } } }));
    const rule = await world.rules.because('untrusted', 'Unreachable');
    expect(world.rules.condition(rule, 'Ready')?.message).toContain('TLS failed');
    await world.stage.apply({ ...signozSecret(behind, { caBundle: pem('ca') }), metadata: { name: 'untrusted' } });
    await world.rules.synced('untrusted');
  });

  it('needs no channels where the routing policies of SigNoz decide', async () => {
    await world.stage.apply(alertRule('by-policy', { promql: { expr: 'up == 0' }, notificationSettings: { usePolicy: true } }));
    const { status } = await world.rules.synced('by-policy');
    expect((await ruleWith(status.ruleId))?.['notificationSettings']).toMatchObject({ usePolicy: true });
  });
});

it('takes a rule over once that is approved', async () => {
  const [id = ''] = world.signoz.seed([postableRule({ alert: 'by hand', source: '' })]);
  await world.stage.apply(alertRule('planned-adoption', { mode: 'Plan', adoption: { policy: 'ById', ruleId: id } }));
  const { status } = await world.rules.because('planned-adoption', 'PlanPending');
  expect(status.plan?.action).toBe('Adopt');
  await world.rules.patch('planned-adoption', { approvedPlan: status.plan?.hash });
  expect((await world.rules.synced('planned-adoption')).status.ruleId).toBe(id);
});
