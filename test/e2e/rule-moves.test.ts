import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { kubectl, tryKubectl } from '../parts/kubectl.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { alertRule, rulesOn, signozSecret } from './rule-stage.ts';
import { raiseStage, SHORT_LEASE, type Stage, stageIn } from './stage.ts';

const parts: Pick<Part, 'stop'>[] = [];
let signoz: Signoz;
let home: Stage;
let operator: Operator;
let startAgain: () => Promise<Operator>;
let away: readonly Stage[];

const anotherSignoz = (): Promise<Signoz> =>
  startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }] });

/** A control plane whose namespaces really go, and an operator for four of them. */
beforeAll(async () => {
  const [redis, stage] = await Promise.all([startRedis(), raiseStage('rule-moves', { workloads: true })]);
  signoz = await anotherSignoz();
  home = stage;
  away = [await stageIn(stage.cluster, 'away'), await stageIn(stage.cluster, 'away'), await stageIn(stage.cluster, 'away')];
  for (const each of [home, ...away]) await each.apply(signozSecret(signoz));
  const namespaces = [home, ...away].map(({ namespace }) => namespace).join(',');
  startAgain = () => startOperator(home.operator(redis.url, { ...SHORT_LEASE, AWOOOI_NAMESPACES: namespaces }));
  operator = await startAgain();
  parts.push(redis, signoz);
});
afterAll(async () => {
  await operator.stop();
  for (const part of parts.toReversed()) await part.stop();
});

const alerts = (): unknown[] => signoz.rules().map(rule => rule['alert']);

async function namespaceGone({ cluster, namespace }: Stage): Promise<boolean> {
  const gone = async (): Promise<boolean> =>
    (await tryKubectl(['get', 'namespace', namespace], { kubeconfig: cluster.adminKubeconfig })).status !== 0;
  return eventually(gone, { withinMs: 60_000, everyMs: 250 });
}

describe('a rule whose object', () => {
  it('gets another name is one rule afterwards', async () => {
    await home.apply(alertRule('old', { name: 'Renamed' }));
    await rulesOn(home).synced('old');
    await home.apply(alertRule('new', { name: 'Renamed' }));
    await home.kubectl('delete', 'sar', 'old');
    const { status } = await rulesOn(home).synced('new');
    expect(signoz.rules().filter(({ alert }) => alert === 'Renamed')).toMatchObject([{ id: status.ruleId }]);
  });

  it('goes to another namespace is one rule afterwards', async () => {
    const [to] = away;
    if (!to) throw new Error('there is no other namespace');
    await home.apply(alertRule('moves', { name: 'Moved' }));
    await rulesOn(home).synced('moves');
    await home.kubectl('delete', 'sar', 'moves');
    await to.apply(alertRule('moves', { name: 'Moved' }));
    const { status } = await rulesOn(to).synced('moves');
    expect(signoz.rules().filter(({ alert }) => alert === 'Moved')).toMatchObject([{ id: status.ruleId }]);
  });

  it('is deleted and made again at once is one rule afterwards', async () => {
    await home.apply(alertRule('again', { name: 'Again' }));
    await rulesOn(home).synced('again');
    await home.kubectl('delete', 'sar', 'again');
    await home.apply(alertRule('again', { name: 'Again' }));
    const { status } = await rulesOn(home).synced('again');
    expect(signoz.rules().filter(({ alert }) => alert === 'Again')).toMatchObject([{ id: status.ruleId }]);
  });
});

describe('a namespace that is deleted', () => {
  it('takes its rules along, whatever in it goes first', async () => {
    const stage = away[0];
    if (!stage) throw new Error('there is no other namespace');
    const names = ['one', 'two', 'three'].map(name => `${name} of a namespace`);
    await stage.apply(...names.map((name, n) => alertRule(`rule-${n}`, { name })));
    for (const [n] of names.entries()) await rulesOn(stage).synced(`rule-${n}`);
    await kubectl(['delete', 'namespace', stage.namespace, '--wait=false'], { kubeconfig: stage.cluster.adminKubeconfig });
    expect(await namespaceGone(stage)).toBe(true);
    expect(alerts().filter(alert => names.some(name => name === alert) || alert === 'Moved')).toEqual([]);
  });

  it('goes although SigNoz is gone, once finalizerTimeout is over', async () => {
    const stage = away[1];
    if (!stage) throw new Error('there is no other namespace');
    const dying = await anotherSignoz();
    await stage.apply({ ...signozSecret(dying), metadata: { name: 'dying' } });
    await stage.apply(alertRule('stranded', { signoz: { secretRef: { name: 'dying' } }, finalizerTimeout: '3s' }));
    await rulesOn(stage).synced('stranded');
    await dying.stop();
    await kubectl(['delete', 'namespace', stage.namespace, '--wait=false'], { kubeconfig: stage.cluster.adminKubeconfig });
    expect(await namespaceGone(stage)).toBe(true);
  });

  it('goes although the Secret went while no operator ran, and its rule stays', async () => {
    const stage = away[2];
    if (!stage) throw new Error('there is no other namespace');
    await stage.apply(alertRule('bereft', { name: 'Bereft', finalizerTimeout: '5s' }));
    await rulesOn(stage).synced('bereft');
    await operator.kill9();
    await stage.kubectl('delete', 'secret', 'signoz');
    operator = await startAgain();
    await kubectl(['delete', 'namespace', stage.namespace, '--wait=false'], { kubeconfig: stage.cluster.adminKubeconfig });
    expect(await namespaceGone(stage)).toBe(true);
    expect(alerts()).toContain('Bereft');
  });
});

describe('a mass deletion', () => {
  const names = Array.from({ length: 12 }, (_, n) => `mass-${n}`);

  it('that happened while no operator ran is stopped before the first rule is gone', async () => {
    const big = await anotherSignoz();
    parts.push(big);
    await home.apply({ ...signozSecret(big), metadata: { name: 'big' } });
    await home.apply(...names.map(name => alertRule(name, { signoz: { secretRef: { name: 'big' } } })));
    for (const name of names) await rulesOn(home).synced(name);
    await operator.kill9();
    await home.kubectl('delete', 'sar', ...names, '--wait=false');
    operator = await startAgain();
    for (const name of names) await rulesOn(home).because(name, 'MassDeletion');
    expect(big.rules()).toHaveLength(12);
    await home.kubectl('annotate', 'sar', ...names, 'awoooi.io/confirm-deletion=true');
    for (const name of names) await rulesOn(home).gone(name);
    expect(big.rules()).toEqual([]);
  });

  it('is none where all of a few go', async () => {
    const few = await anotherSignoz();
    parts.push(few);
    await home.apply({ ...signozSecret(few), metadata: { name: 'few' } });
    const all = names.slice(0, 8);
    await home.apply(...all.map(name => alertRule(name, { signoz: { secretRef: { name: 'few' } } })));
    for (const name of all) await rulesOn(home).synced(name);
    await home.kubectl('delete', 'sar', ...all);
    expect(few.rules()).toEqual([]);
  });
});
