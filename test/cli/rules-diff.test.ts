import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type SignozWorld, signozWorld } from '../builders/signoz-world.ts';
import { Root } from '../parts/installed.ts';
import { startHttpServer } from '../servers/http-server.ts';
import { ruleIn, rulesIn } from '../servers/signoz-caller.ts';
import { rules } from './rules-shell.ts';

let world: SignozWorld;
let folder: string;
beforeAll(async () => {
  world = await signozWorld();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awoooi-rules-'));
});
afterEach(async () => {
  for (const { id } of rulesIn(await world.ask('GET', '/api/v2/rules'))) await world.ask('DELETE', `/api/v2/rules/${id}`);
  await rm(folder, { recursive: true });
});
afterAll(() => world.stop());

const env = () => ({ SIGNOZ_URL: world.signoz.url, SIGNOZ_API_KEY: world.signoz.editorKey });
const PROMQL = { expr: 'up > 1', for: '5m', severity: 'critical', channels: ['ops-hook'] };

function object(spec: object = {}, name = 'api-errors'): string {
  const whole = { name: 'API errors', promql: PROMQL, labels: { team: 'platform' }, annotations: { summary: 'errors' }, ...spec };
  return stringify({ apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule', metadata: { name, namespace: 'monitoring' }, spec: whole });
}

async function file(text: string, name = 'rules.yaml'): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

interface Asked {
  readonly with?: Record<string, string>;
  readonly isTTY?: boolean;
}

const diff = async (text: string, { with: more = {}, isTTY = false }: Asked = {}) =>
  rules(['diff', '-f', await file(text)], { env: { ...env(), ...more }, isTTY });

/** A rule in SigNoz as an apply of the object of {@link object} would have made it, but for this. */
async function stored(over: object = {}, source = ''): Promise<string> {
  const { id } = await world.posted({
    alert: 'API errors',
    source,
    evaluation: { kind: 'rolling', spec: { evalWindow: '5m0s', frequency: '60s' } },
    condition: {
      compositeQuery: { queryType: 'promql', panelType: 'graph', queries: [{ type: 'promql', spec: { name: 'A', query: 'up' } }] },
      selectedQueryName: 'A',
      thresholds: {
        kind: 'basic',
        spec: [{ name: 'critical', target: 1, op: 'above', matchType: 'all_the_times', channels: ['ops-hook'] }],
      },
    },
    labels: { team: 'platform', severity: 'critical' },
    annotations: { summary: 'errors' },
    ...over,
  });
  return id;
}

describe('awoooi rules diff', () => {
  it('ends with 0 where an apply would change nothing', async () => {
    await stored();
    expect(await diff(object())).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('shows in the short form what would change, and no more', async () => {
    const id = await stored({ labels: { severity: 'critical', team: 'nobody' } });
    const ran = await diff(object({ promql: { ...PROMQL, expr: 'up > 2' } }));
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    expect(ran.stdout).toBe(`--- SigNoz rule ${id}
+++ ${join(folder, 'rules.yaml')}:1:1 monitoring/api-errors
@@ -1,11 +1,11 @@
 name: API errors
 promql:
-  expr: up > 1
+  expr: up > 2
   for: 5m
   severity: critical
   channels:
     - ops-hook
 labels:
-  team: nobody
+  team: platform
 annotations:
   summary: errors
`);
  });

  it('shows in the long form what the short one cannot say', async () => {
    await stored({ labels: { team: 'platform' } });
    const { status, stdout } = await diff(object());
    expect(status).toBe(1);
    expect(stdout).toMatch(/^\+ {2}severity: critical$/m);
    expect(stdout.match(/^[-+] /gm)).toHaveLength(1);
  });

  it('shows a new rule whole', async () => {
    const { status, stdout } = await diff(object());
    expect(status).toBe(1);
    expect(stdout).toMatch(/^--- \/dev\/null\n\+\+\+ .* monitoring\/api-errors\n@@ -0,0 \+1,11 @@\n\+name: API errors\n/);
    expect(stdout).not.toMatch(/^-[^-]/m);
  });

  it('leaves out what drift.ignoreFields leaves out', async () => {
    await stored({ labels: { severity: 'critical', team: 'nobody' } });
    expect(await diff(object({ drift: { ignoreFields: ['/labels/team'] } }))).toMatchObject({ status: 0, stdout: '' });
  });

  it('is coloured on a terminal alone, and not against NO_COLOR', async () => {
    await stored({ annotations: { summary: 'other' } });
    expect((await diff(object(), { isTTY: true })).stdout).toContain(
      '\u001b[31m-  summary: other\u001b[0m\n\u001b[32m+  summary: errors\u001b[0m\n',
    );
    expect((await diff(object(), { isTTY: true, with: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
    expect((await diff(object())).stdout).not.toContain('\u001b');
  });

  it('takes the files of a folder', async () => {
    const ran = await rules(['diff', '-f', join(Root, 'examples/signoz')], { env: env() });
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    expect(ran.stdout.match(/^--- \/dev\/null$/gm)).toHaveLength(6);
  });
});

describe('which rule is compared', () => {
  const OURS = 'awoooi://prod/monitoring/api-errors/u-1';

  it('the one with the marker, whatever its name, where the cluster is known', async () => {
    await stored({ alert: 'renamed' }, OURS);
    await stored();
    const ran = await diff(object(), { with: { AWOOOI_CLUSTER_ID: 'prod' } });
    expect(ran.stdout).toMatch(/^-name: renamed\n\+name: API errors$/m);
  });

  it('of a known cluster, none that it would not take over', async () => {
    await stored({}, 'awoooi://staging/monitoring/api-errors/u-1');
    await stored();
    expect((await diff(object(), { with: { AWOOOI_CLUSTER_ID: 'prod' } })).stdout).toMatch(/^--- \/dev\/null$/m);
    const byName = await diff(object({ adoption: { policy: 'ByName' } }), { with: { AWOOOI_CLUSTER_ID: 'prod' } });
    expect(byName).toMatchObject({ status: 0 });
  });

  it('that of adoption.ruleId', async () => {
    await stored();
    const ruleId = await stored({ alert: 'another' });
    expect((await diff(object({ adoption: { policy: 'ById', ruleId } }))).stdout).toContain(`--- SigNoz rule ${ruleId}\n`);
  });

  it('none where that is not there, or is owned by another', async () => {
    const gone = '0198c0de-0000-7000-8000-000000000001';
    const missing = await diff(object({ adoption: { policy: 'ById', ruleId: gone } }));
    expect(missing).toMatchObject({ status: 2, stderr: expect.stringContaining(`SigNoz has no rule ${gone}`) });
    const ruleId = await stored({}, 'awoooi://staging/a/b/c');
    const owned = await diff(object({ adoption: { policy: 'ById', ruleId } }), { with: { AWOOOI_CLUSTER_ID: 'prod' } });
    expect(owned).toMatchObject({ status: 2, stderr: expect.stringContaining('owned by SignozAlertRule a/b of the cluster staging') });
  });

  it('none where several have the name; the others are shown all the same', async () => {
    const ids = [await stored(), await stored()];
    const ran = await diff(`${object()}---\n${object({ name: 'new' }, 'new')}`);
    expect(ran.status).toBe(2);
    for (const id of ids) expect(ran.stderr).toContain(id);
    expect(ran.stderr).toMatch(/rules\.yaml:1:1: SigNoz has 2 rules .* of this name: choose one by spec\.adoption ById\n$/);
    expect(ran.stdout).toContain('+name: new\n');
  });
});

describe('exit status 2: it cannot be told', () => {
  it.each([
    ['no YAML', 'a: [\n', /rules\.yaml:2:1: /],
    ['no rule', 'kind: ConfigMap\n', /rules\.yaml: there is no SignozAlertRule: /],
    ['a wrong field', object({ promql: { ...PROMQL, for: 'soon' } }), /rules\.yaml:10:5: spec\.promql\.for: must be a duration/],
    ['a field that does not exist', object({ anotations: {} }), /rules\.yaml:\d+:3: spec\.anotations: there is no such field/],
    [
      'a broken query',
      object({ promql: { ...PROMQL, expr: 'sum(up)) > 1' } }),
      /monitoring\/api-errors: InvalidQuery: expr: .*\nsum\(up\)\) > 1\n *\^/,
    ],
    ['the same object twice', `${object()}---\n${object()}`, /monitoring\/api-errors is given at \S+rules\.yaml:1:1 already/],
  ])('%s', async (_, text, told) => {
    const ran = await diff(text);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(told);
  });

  it('SigNoz does not answer, or does not know the key, which is not printed', async () => {
    expect(await diff(object(), { with: { SIGNOZ_URL: 'http://127.0.0.1:1' } })).toMatchObject({ status: 2, stdout: '' });
    const ran = await diff(object(), { with: { SIGNOZ_API_KEY: 'a-key-of-nobody' } });
    expect(ran.status).toBe(2);
    expect(ran.stdout + ran.stderr).not.toContain('a-key-of-nobody');
  });
});

const test = async (text: string, ...args: string[]) => rules(['test', '-f', await file(text), ...args], { env: env() });

describe('awoooi rules test', () => {
  it('without --send says what would be sent to whom, and asks nobody', async () => {
    const before = world.signoz.requests.length;
    const ran = await rules(['test', '-f', await file(object())]);
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('nothing was sent') });
    expect(ran.stdout).toMatch(/^monitoring\/api-errors: would be tried as "API errors_TEST_ALERT", and sent to ops-hook\n\{/);
    expect(world.signoz.requests).toHaveLength(before);
    expect(world.toldTo('ops-hook')).toEqual([]);
  });

  it('with --send has SigNoz try it, and says what that proves', async () => {
    const ran = await test(object(), '--send');
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('no proof that it was delivered') });
    expect(ran.stdout).toMatch(/^monitoring\/api-errors: \d+ alerts?, sent to ops-hook\n$/);
    expect(world.signoz.requests.at(-1)).toMatchObject({ method: 'POST', path: '/api/v2/rules/test' });
  });

  it('ends with 1 where a channel does not exist', async () => {
    const ran = await test(object({ promql: { ...PROMQL, channels: ['nobody'] } }), '--send');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/^monitoring\/api-errors: ChannelNotFound: SigNoz has no channel nobody: there are .*ops-hook/);
  });

  it('ends with 1 where SigNoz refuses', async () => {
    const said = { status: 'error', error: { code: 'invalid_input', message: 'no such thing', errors: [{ message: 'really' }] } };
    const refusing = await startHttpServer({
      handle: ({ path }) =>
        path.endsWith('/test')
          ? { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify(said) }
          : {
              status: 200,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({
                status: 'success',
                data: [{ id: '1', name: 'ops-hook', type: 'webhook', data: '{"name":"ops-hook"}' }],
              }),
            },
    });
    const ran = await rules(['test', '--send', '-f', await file(object())], { env: { ...env(), SIGNOZ_URL: refusing.url } });
    await refusing.stop();
    expect(ran).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/SigNoz refuses the rule: .*no such thing: really/) });
  });

  it('ends with 2 where the file is wrong, or there is no SigNoz', async () => {
    expect(await test(object({ promql: { ...PROMQL, expr: 'sum(up)) > 1' } }))).toMatchObject({ status: 2, stdout: '' });
    expect(await rules(['test', '--send', '-f', await file(object())])).toMatchObject({ status: 2 });
  });

  it('of a rule that exists leaves it as it is', async () => {
    const id = await stored();
    await test(object(), '--send');
    expect(ruleIn(await world.ask('GET', `/api/v2/rules/${id}`))).toMatchObject({ alert: 'API errors' });
  });
});
