import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { startHttpServer, type HttpServer } from '../servers/http-server.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { alertRule, rulesOn, signozSecret, signozView } from './rule-stage.ts';
import { raiseStage, type Stage } from './stage.ts';

let stage: Stage;
let redis: Part;
let webhook: HttpServer;
let signoz: Signoz;
let operator: Operator;

beforeAll(async () => {
  [stage, redis, webhook] = await Promise.all([raiseStage('rules'), startRedis(), startHttpServer({ handle: () => ({ status: 200 }) })]);
  signoz = await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: webhook.url }] }] });
  await stage.apply(signozSecret(signoz));
  operator = await startOperator(stage.operator(redis.url));
});

afterAll(async () => {
  await operator.stop();
  await Promise.all([signoz.stop(), webhook.stop(), redis.stop()]);
});

describe('a rule that is applied', () => {
  it('is in SigNoz, with a link to it', async () => {
    await stage.apply(alertRule('errors', { name: 'API errors' }));
    const { status } = await rulesOn(stage).synced('errors');
    const rule = await signozView(signoz).one(status.ruleId ?? '');
    expect(rule['alert']).toBe('API errors');
    expect(status).toMatchObject({ remoteState: 'inactive', url: `${signoz.url}/alerts/overview?ruleId=${status.ruleId}` });
  });

  it('is changed with its object, and deleted with it', async () => {
    await stage.apply(alertRule('short-lived'));
    const rules = rulesOn(stage);
    const { status } = await rules.synced('short-lived');
    await rules.patch('short-lived', { name: 'Another name' });
    await rules.synced('short-lived');
    expect((await signozView(signoz).one(status.ruleId ?? ''))['alert']).toBe('Another name');
    await stage.kubectl('delete', 'sar', 'short-lived', '--wait=false');
    await rules.gone('short-lived');
    expect((await signozView(signoz).all()).map(({ id }) => id)).not.toContain(status.ruleId);
  });
});
