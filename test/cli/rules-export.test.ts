import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { SignozAlertRule } from '../../src/crds/signozalertrule/kind.ts';
import { parseSignozAlertRule } from '../../src/crds/signozalertrule/parse.ts';
import { normalForm } from '../../src/domain/rule/normal-form.ts';
import { ruleBody } from '../../src/domain/rule/wanted-rule.ts';
import { anySignozRule } from '../builders/any-signoz-rule.ts';
import { postableRule, ruleCondition, ruleQueries } from '../builders/signoz-rule.ts';
import { promqlSyntax } from '../../src/adapters/promql/promql-syntax.ts';
import { type SignozWorld, signozWorld } from '../builders/signoz-world.ts';
import { ruleIn, rulesIn } from '../servers/signoz-caller.ts';
import { rules } from './rules-shell.ts';

const syntax = await promqlSyntax();

let world: SignozWorld;
beforeAll(async () => {
  world = await signozWorld();
});
afterEach(async () => {
  for (const { id } of await live()) await world.ask('DELETE', `/api/v2/rules/${id}`);
});
afterAll(() => world.stop());

const live = async () => rulesIn(await world.ask('GET', '/api/v2/rules'));
const env = () => ({ SIGNOZ_URL: world.signoz.url, SIGNOZ_API_KEY: world.signoz.editorKey });
const exporting = (...args: string[]) => rules(['export', ...args], { env: env() });
const ours = { source: 'https://signoz/alerts' };

function objectsIn(yaml: string): readonly SignozAlertRule[] {
  const documents = parseAllDocuments(yaml, { version: '1.1' });
  const values = Array.isArray(documents) ? documents.map((one): unknown => one.toJS()).filter(value => value !== null) : [];
  return values.map(value => {
    const parsed = parseSignozAlertRule(value);
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    return parsed.object;
  });
}

/** The rule that an apply of this object would write, apart from whose it is. */
function applied({ spec, metadata }: SignozAlertRule) {
  const made = ruleBody(spec, { name: spec.name ?? metadata.name, syntax });
  if (!made.ok) throw new Error(made.message);
  return normalForm({ ...made.body, source: '' });
}

/** Whether an apply of this object leaves the rule in SigNoz as it is. */
async function same(object: SignozAlertRule | undefined): Promise<boolean> {
  const shown = ruleIn(await world.ask('GET', `/api/v2/rules/${object?.spec.adoption.ruleId}`));
  return object !== undefined && isDeepStrictEqual(applied(object), normalForm({ ...shown, source: '' }));
}

const FIXTURES = join(import.meta.dirname, '../fixtures/signoz');
const Recording = z.object({ request: z.looseObject({}) });
const recordings = readdirSync(FIXTURES)
  .filter(name => name.startsWith('rule-'))
  .map(name => [name, Recording.parse(JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'))).request] as const);

describe('what is exported can be applied without a change to SigNoz', () => {
  it.each(recordings.filter(([name]) => !/broken|ratio/.test(name)))('%s', async (_, request) => {
    await world.ask('POST', '/api/v2/rules', { body: { ...request, source: '' } });
    const ran = await exporting();
    expect([ran.status, ran.stdout]).toEqual([0, expect.stringContaining('adoption:')]);
    const [object] = objectsIn(ran.stdout);
    expect(await same(object)).toBe(true);
  });

  it('but for a text that is written to SigNoz in other words, which is said', async () => {
    const request = new Map(recordings).get('rule-promql-ratio.json');
    await world.ask('POST', '/api/v2/rules', { body: { ...request, source: '' } });
    const ran = await exporting();
    expect(ran.status).toBe(1);
    expect(ran.stdout.match(/^# note: .*$/gm)).toEqual([expect.stringMatching(/^# note: annotations\.description: .* → /)]);
    expect(objectsIn(ran.stdout)).toHaveLength(1);
  });

  it('whatever rule it is; and where it cannot, the notes and the exit status say so', async () => {
    let whole = 0;
    await fc.assert(
      fc.asyncProperty(anySignozRule, async rule => {
        const [status, answer] = await world.ask('POST', '/api/v2/rules', { body: { ...rule, source: '' } });
        fc.pre(status === 201);
        const ran = await exporting('--all');
        whole += ran.status === 0 ? 1 : 0;
        expect(ran.status === 0 ? await same(objectsIn(ran.stdout)[0]) : /^# note: /m.test(ran.stdout)).toBe(true);
        await world.ask('DELETE', `/api/v2/rules/${ruleIn([status, answer]).id}`);
      }),
      { numRuns: 150 },
    );
    expect(whole).toBeGreaterThan(20);
  });
});

async function adoptions(clusterId: string, ...args: string[]) {
  const { stdout } = await rules(['export', '--all', ...args], { env: { ...env(), AWOOOI_CLUSTER_ID: clusterId } });
  return objectsIn(stdout).map(({ spec }) => spec.adoption);
}

describe('awoooi rules export', () => {
  it('writes the short form where the rule can be said in it', async () => {
    const { id } = await world.posted({
      source: '',
      alert: 'API errors',
      labels: { team: 'platform', severity: 'critical' },
      evaluation: { kind: 'rolling', spec: { evalWindow: '60s', frequency: '1m0s' } },
    });
    const ran = await exporting('--namespace', 'monitoring', '--secret', 'signoz');
    expect(ran).toMatchObject({ status: 0, stderr: '1 rule written\n' });
    expect(ran.stdout).toBe(`# API errors, rule ${id}
apiVersion: awoooi.io/v1alpha1
kind: SignozAlertRule
metadata:
  name: api-errors
  namespace: monitoring
spec:
  signoz:
    secretRef:
      name: signoz
  name: API errors
  promql:
    expr: up > 1
    severity: critical
    channels:
      - ops-hook
  labels:
    team: platform
  annotations:
    summary: API errors
  adoption:
    policy: ById
    ruleId: ${id}
`);
  });

  it('leaves out the rules of others, unless all are asked for', async () => {
    await world.posted({ ...ours, alert: 'free' });
    await world.posted({ alert: 'owned', source: 'awoooi://prod/monitoring/its-object/uid' });
    for (const args of [[], ['--unmanaged']]) {
      const ran = await exporting(...args);
      expect(objectsIn(ran.stdout).map(({ metadata }) => metadata.name)).toEqual(['free']);
      expect(ran.stderr).toContain('1 left out that an object owns');
    }
    const all = await exporting('--all');
    expect(objectsIn(all.stdout)).toMatchObject([
      { metadata: { name: 'free' } },
      { metadata: { name: 'its-object', namespace: 'monitoring' } },
    ]);
    expect(all.stdout).toContain('# note: it is owned by SignozAlertRule monitoring/its-object of the cluster prod');
    expect(await exporting('--all', '--unmanaged')).toMatchObject({ status: 2 });
  });

  it('leaves adoption out where the object owns the rule already, in the cluster that is told', async () => {
    const owned = await world.posted({ alert: 'owned', source: 'awoooi://prod/monitoring/its-object/uid' });
    expect(await adoptions('prod')).toEqual([{ policy: 'Never' }]);
    // The operator refuses to take it over: better than a second rule beside it.
    expect(await adoptions('staging')).toEqual([{ policy: 'ById', ruleId: owned.id }]);
    expect(await adoptions('prod', '--namespace', 'elsewhere')).toEqual([{ policy: 'ById', ruleId: owned.id }]);
  });

  it('writes a List as JSON, and what is to be known of it to standard error', async () => {
    await world.posted({ source: '', alert: 'free' });
    await world.posted({ source: '', alert: 'off', disabled: true });
    const ran = await exporting('-o', 'json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'free' } }, { metadata: { name: 'off' } }] });
    expect(ran.stderr).toMatch(/^# off, rule .*\n# note: SigNoz shows the rule as disabled.*\n2 rules written\n$/);
  });

  it('reads a list that is far longer than any other answer', async () => {
    const description = 'x'.repeat(20_000);
    world.signoz.seed(Array.from({ length: 100 }, (_, n) => postableRule({ ...ours, alert: `rule ${n}`, description })));
    const ran = await exporting();
    expect([ran.status, objectsIn(ran.stdout).length]).toEqual([0, 100]);
  });

  it('gives each object a name of its own that Kubernetes takes', async () => {
    for (const alert of ['CPU', 'CPU', 'cpu', '規則', '—', 'x'.repeat(300)]) await world.posted({ ...ours, alert });
    await world.posted({ alert: 'CPU', source: 'awoooi://c/default/cpu/u' });
    const names = objectsIn((await exporting('--all', '--namespace', 'default')).stdout).map(({ metadata }) => metadata.name);
    expect(names).toHaveLength(7);
    expect(new Set(names).size).toBe(7);
    expect(names.filter(name => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))).toEqual([]);
  });

  it.each([[[]], [['--namespace', 'shop']]])('never gives one the name of an object that owns another rule: %s', async args => {
    await world.posted({ ...ours, alert: 'CPU' });
    await world.posted({ alert: 'Disk', source: 'awoooi://c/shop/cpu/u' });
    const [object] = objectsIn((await exporting(...args)).stdout);
    expect(object?.metadata.name).toMatch(/^cpu-[\da-f]{12}$/);
  });

  it('leaves out, in a comment, what the operator would refuse', async () => {
    const broken = ruleCondition({ compositeQuery: ruleQueries([{ type: 'promql', spec: { name: 'A', query: 'sum(up))' } }]) });
    await world.posted({ ...ours, alert: 'broken', condition: broken });
    const ran = await exporting();
    expect(ran.status).toBe(1);
    expect(objectsIn(ran.stdout)).toEqual([]);
    expect(ran.stdout).toMatch(/^# sum\(up\)\)\n# *\^/m);
    expect(ran.stderr).toBe('1 rule written, 1 of them not whole: see the notes\n');
  });

  it('says of a disabled rule that this may not have been meant', async () => {
    await world.posted({ ...ours, disabled: true });
    const ran = await exporting();
    expect(ran.stdout).toContain('# note: SigNoz shows the rule as disabled');
    expect(objectsIn(ran.stdout)).toMatchObject([{ spec: { disabled: true } }]);
  });
});

describe('exit status 2', () => {
  it('without a SigNoz', async () => {
    expect(await rules(['export'])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^SIGNOZ_URL and SIGNOZ_API_KEY say/),
    });
  });

  it('with a key that does not hold, which is not printed', async () => {
    const ran = await rules(['export'], { env: { ...env(), SIGNOZ_API_KEY: 'a-key-of-nobody' } });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('401');
    expect(ran.stderr).not.toContain('a-key-of-nobody');
  });

  it('where nobody answers', async () => {
    const ran = await rules(['export'], { env: { SIGNOZ_URL: 'http://127.0.0.1:1', SIGNOZ_API_KEY: 'k3y-of-s0mebody' } });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^SigNoz at http:\/\/127\.0\.0\.1:1: /);
    expect(ran.stderr).not.toContain('k3y');
  });
});
