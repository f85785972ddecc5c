import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Root } from '../parts/installed.ts';
import { rules } from './rules-shell.ts';
import { object, PROMQL, rulesStage } from './rules-stage.ts';

const stage = rulesStage();

interface Asked {
  readonly with?: Record<string, string>;
  readonly isTTY?: boolean;
}

const diff = async (text: string, { with: more = {}, isTTY = false }: Asked = {}) =>
  rules(['diff', '-f', await stage().file(text)], { env: { ...stage().env, ...more }, isTTY });

describe('awoooi rules diff', () => {
  it('ends with 0 where an apply would change nothing', async () => {
    await stage().stored();
    expect(await diff(object())).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('shows in the short form what would change, and no more', async () => {
    const id = await stage().stored({ labels: { severity: 'critical', team: 'nobody' } });
    const ran = await diff(object({ promql: { ...PROMQL, expr: 'up > 2' } }));
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    expect(ran.stdout).toBe(`--- SigNoz rule ${id}
+++ ${join(stage().folder, 'rules.yaml')}:1:1 monitoring/api-errors
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
    await stage().stored({ labels: { team: 'platform' } });
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
    await stage().stored({ labels: { severity: 'critical', team: 'nobody' } });
    expect(await diff(object({ drift: { ignoreFields: ['/labels/team'] } }))).toMatchObject({ status: 0, stdout: '' });
  });

  it('is coloured on a terminal alone, and not against NO_COLOR', async () => {
    await stage().stored({ annotations: { summary: 'other' } });
    expect((await diff(object(), { isTTY: true })).stdout).toContain(
      '\u001b[31m-  summary: other\u001b[0m\n\u001b[32m+  summary: errors\u001b[0m\n',
    );
    expect((await diff(object(), { isTTY: true, with: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
    expect((await diff(object())).stdout).not.toContain('\u001b');
  });

  it('takes the files of a folder', async () => {
    stage().world.signoz.setChannel({ name: 'awoooi', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] });
    const ran = await rules(['diff', '-f', join(Root, 'examples/signoz')], { env: stage().env });
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    expect(ran.stdout.match(/^--- \/dev\/null$/gm)).toHaveLength(6);
  });
});

describe('awoooi rules diff on texts that anybody may have written', () => {
  it('shows nothing that would steer a terminal, or turn a line around', async () => {
    await stage().stored({ annotations: { summary: 'a\u001b[2Jb\u202egnp.exe' } });
    const { stdout } = await diff(object({ annotations: { summary: 'x\u2066y' } }));
    for (const steering of ['\u001b', '\u202e', '\u2066']) expect(stdout).not.toContain(steering);
    expect(stdout).toMatch(/^\+ {2}summary: .*x.*y/m);
  });
});

describe('-o json', () => {
  it('names each difference by its place in the normal form, for scripts', async () => {
    const ruleId = await stage().stored({ annotations: { summary: 'other' } });
    const ran = await rules(['diff', '-o', 'json', '-f', await stage().file(`${object()}---\n${object({ name: 'new' }, 'fresh')}`)], {
      env: stage().env,
    });
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    const place = join(stage().folder, 'rules.yaml');
    expect(JSON.parse(ran.stdout)).toEqual({
      differences: [
        {
          change: 'changed',
          namespace: 'monitoring',
          name: 'api-errors',
          place: `${place}:1:1`,
          rule: 'API errors',
          ruleId,
          fields: [{ pointer: '/annotations/summary', want: 'errors', have: 'other' }],
        },
        { change: 'new', namespace: 'monitoring', name: 'fresh', place: expect.stringContaining(place), rule: 'new' },
      ],
    });
  });

  it('is an empty list where nothing would change', async () => {
    await stage().stored();
    const ran = await rules(['diff', '-o', 'json', '-f', await stage().file(object())], { env: stage().env });
    expect([ran.status, JSON.parse(ran.stdout)]).toEqual([0, { differences: [] }]);
  });
});

describe('which rule is compared', () => {
  it('the one with the marker, whatever its name, where the cluster is known', async () => {
    await stage().stored({ alert: 'renamed' });
    await stage().stored({}, '');
    const ran = await diff(object(), { with: { AWOOOI_CLUSTER_ID: 'prod' } });
    expect(ran.stdout).toMatch(/^-name: renamed\n\+name: API errors$/m);
  });

  it('of a known cluster, none that it would not take over', async () => {
    await stage().stored({}, 'awoooi://staging/monitoring/api-errors/u-1');
    await stage().stored({}, '');
    expect((await diff(object(), { with: { AWOOOI_CLUSTER_ID: 'prod' } })).stdout).toMatch(/^--- \/dev\/null$/m);
    const byName = await diff(object({ adoption: { policy: 'ByName' } }), { with: { AWOOOI_CLUSTER_ID: 'prod' } });
    expect(byName).toMatchObject({ status: 0 });
  });

  it('that of adoption.ruleId', async () => {
    await stage().stored({}, '');
    const ruleId = await stage().stored({ alert: 'another' }, '');
    expect((await diff(object({ adoption: { policy: 'ById', ruleId } }))).stdout).toContain(`--- SigNoz rule ${ruleId}\n`);
  });

  it('none where that is not there, or is owned by another', async () => {
    const gone = '0198c0de-0000-7000-8000-000000000001';
    const missing = await diff(object({ adoption: { policy: 'ById', ruleId: gone } }));
    expect(missing).toMatchObject({ status: 2, stderr: expect.stringContaining(`SigNoz has no rule ${gone}`) });
    const ruleId = await stage().stored({}, 'awoooi://staging/a/b/c');
    for (const given of [{}, { AWOOOI_CLUSTER_ID: 'prod' }]) {
      const owned = await diff(object({ adoption: { policy: 'ById', ruleId } }), { with: given });
      expect(owned).toMatchObject({ status: 2, stderr: expect.stringContaining('owned by SignozAlertRule a/b of the cluster staging') });
    }
  });

  it.each([{}, { AWOOOI_CLUSTER_ID: 'prod' }])(
    'none of this name that nobody owns, unless it is to be taken over: both may fire',
    async given => {
      const id = await stage().stored({}, '');
      const beside = await diff(object(), { with: given });
      expect([beside.status, beside.stdout]).toEqual([1, expect.stringMatching(/^--- \/dev\/null$/m)]);
      expect(beside.stderr).toContain(`SigNoz has a rule named API errors already, which no object owns (${id})`);
      expect(await diff(object({ adoption: { policy: 'ByName' } }), { with: given })).toEqual({ status: 0, stdout: '', stderr: '' });
    },
  );

  it('without a cluster none of this name that an object of another name owns: an apply would make a second one', async () => {
    await stage().stored({}, 'awoooi://prod/monitoring/of-another/u-2');
    expect((await diff(object())).stdout).toMatch(/^--- \/dev\/null$/m);
    const id = await stage().stored({ annotations: { summary: 'other' } }, 'awoooi://prod/set-by-kustomize/api-errors/u-1');
    expect((await diff(object())).stdout).toContain(`--- SigNoz rule ${id}\n`);
  });

  it('one rule with one object alone', async () => {
    const id = await stage().stored({}, '');
    const adoption = { policy: 'ById', ruleId: id };
    const ran = await diff(`${object({ adoption })}---\n${object({ adoption }, 'twin')}`);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/^\S+rules\.yaml:\d+:1: rule /);
    expect(ran.stderr).toContain(
      `rule ${id} of SigNoz is that of monitoring/api-errors at ${join(stage().folder, 'rules.yaml')}:1:1 as well`,
    );
  });

  it('none where several have the name; the others are shown all the same', async () => {
    const ids = [await stage().stored({}, ''), await stage().stored({}, '')];
    const ran = await diff(`${object({ adoption: { policy: 'ByName' } })}---\n${object({ name: 'new' }, 'new')}`);
    expect(ran.status).toBe(2);
    for (const id of ids) expect(ran.stderr).toContain(id);
    expect(ran.stderr).toMatch(
      /rules\.yaml:1:1: SigNoz has 2 rules .* of this name that no object owns: choose one by spec\.adoption ById\n$/,
    );
    expect(ran.stdout).toContain('+name: new\n');
  });
});

describe('exit status 2: it cannot be told', () => {
  it.each([
    ['no YAML', 'a: [\n', /rules\.yaml:2:1: /],
    ['no rule', 'kind: ConfigMap\n', /rules\.yaml: there is no SignozAlertRule: /],
    ['a wrong field', object({ promql: { ...PROMQL, for: 'soon' } }), /rules\.yaml:10:5: spec\.promql\.for: must be a duration/],
    ['a slip in the kind', object().replace('SignozAlertRule', 'SignozAlertrule'), /rules\.yaml:2:1: kind: it must be "SignozAlertRule"/],
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

  it('a channel is missing, without which the operator writes nothing', async () => {
    const ran = await diff(object({ promql: { ...PROMQL, channels: ['ops-hook', 'nobody'] } }));
    expect([ran.status, ran.stdout]).toEqual([2, expect.stringContaining('/dev/null')]);
    expect(ran.stderr).toMatch(/rules\.yaml:1:1: ChannelNotFound: SigNoz has no channel nobody: there are .*ops-hook/);
  });

  it('SigNoz does not answer, or does not know the key, which is not printed', async () => {
    expect(await diff(object(), { with: { SIGNOZ_URL: 'http://127.0.0.1:1' } })).toMatchObject({ status: 2, stdout: '' });
    const ran = await diff(object(), { with: { SIGNOZ_API_KEY: 'a-key-of-nobody' } });
    expect(ran.status).toBe(2);
    expect(ran.stdout + ran.stderr).not.toContain('a-key-of-nobody');
  });
});
