import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseSignozAlertRule } from '../../src/crds/signozalertrule/parse.ts';
import { Root } from '../parts/installed.ts';
import { rules } from './rules-shell.ts';
import { awoooi } from './shell.ts';

const fixture = (name: string): string => join(Root, 'test/fixtures/rules', name);
const RULE = "{alert: HostDown, expr: 'up == 0', for: 2m, labels: {severity: critical}}";
const file = (rule = RULE): string => `groups:\n  - name: node\n    rules:\n      - ${rule}\n`;

function objectsIn(yaml: string): unknown[] {
  const documents = parseAllDocuments(yaml);
  return Array.isArray(documents) ? documents.map((one): unknown => one.toJS()).filter(value => value !== null) : [];
}

describe('awoooi rules convert', () => {
  it('says of each rule of a whole collection what became of it, and prints the objects that the API server takes', async () => {
    const ran = await rules([
      'convert',
      fixture('collection.rules.yml'),
      '--channel',
      'ops',
      '--secret',
      'signoz',
      '--namespace',
      'monitoring',
    ]);
    expect(ran.status).toBe(1);
    const objects = objectsIn(ran.stdout);
    const [, total, translated, refused, recordings] =
      /^(\d+) rules: (\d+) translated, \d+ of them with notes, (\d+) refused, (\d+) recording rules left out$/m.exec(ran.stderr) ?? [];
    expect(objects).toHaveLength(Number(translated));
    expect(Number(total)).toBe(Number(translated) + Number(refused) + Number(recordings));
    expect([refused, recordings]).toEqual(['10', '8']);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(Number(total) + 2);
    expect(objects.flatMap(object => (parseSignozAlertRule(object).ok ? [] : [object]))).toEqual([]);
    expect(objects[0]).toMatchObject({ metadata: { namespace: 'monitoring' }, spec: { signoz: { secretRef: { name: 'signoz' } } } });
  });

  it('says why what is not translated is not, in a comment at its place', async () => {
    const ran = await rules(['convert', fixture('collection.rules.yml')]);
    expect(ran.stdout).toMatch(/^# \S+collection\.rules\.yml:\d+:9: HostConntrackLimit of group node was not translated:\n# .*stripPort/m);
    expect(ran.stdout).toMatch(/^# \S+:6:9: instance:node_cpu:ratio of group node was not translated:\n# .*recording rule/m);
    expect(ran.stderr).toMatch(/^node +HostConntrackLimit +refused +UnknownFunction: /m);
  });

  it('says what is so of every rule once', async () => {
    const { stdout } = await rules(['convert', fixture('collection.rules.yml')]);
    expect(stdout.match(/^# note: HoldAsWindow: for: SigNoz holds no alert back/gm)).toHaveLength(1);
  });

  it('ends with 0 where all is translated, and with --strict only where nothing was lost', async () => {
    expect(await rules(['convert', '-'], { stdin: file() })).toMatchObject({ status: 0 });
    const strict = (rule: string) => rules(['convert', '--strict', '-'], { stdin: file(rule) });
    expect(await strict('{alert: A, expr: up > 3, for: 5m, labels: {severity: info}}')).toMatchObject({ status: 0 });
    const noted = await strict('{alert: A, expr: up > 3, for: 5m, keep_firing_for: 5m, labels: {severity: info}}');
    expect(noted).toMatchObject({ status: 1 });
    expect(noted.stdout).toContain('# note: NotTranslated: keep_firing_for: ');
  });

  it('shows by a caret where an expression is wrong', async () => {
    const ran = await rules(['convert', '-'], { stdin: file("{alert: A, expr: 'sum(up[5m])  > 1'}") });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/^# expr: line 1, column \d+: .*\n# sum\(up\[5m\]\) {2}> 1\n# *\^/m);
  });

  it('passes over nothing that it cannot make sense of', async () => {
    const ran = await rules(['convert', '-'], { stdin: `${file()}---\ngroup: []\n` });
    expect(ran).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^-:\d+:1: this is neither a Prometheus rule file/) });
  });

  it('lets no name in a file steer the terminal', async () => {
    const ran = await rules(['convert', '-'], { stdin: file('{alert: A, expr: up > 3, "\\e[2J\\u202efoo": 1}') });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('\ufffd[2J\ufffdfoo: there is no such field') });
  });

  it('leaves quoted what kubectl would take for something else than a text', async () => {
    const { stdout } = await rules(['convert', '-'], {
      stdin: file('{alert: A, expr: up > 3, labels: {a: on, b: 012, c: 1:30, d: 1e3, e: ~, f: y}}'),
    });
    expect(stdout).toContain('    a: "on"\n    b: "012"\n    c: "1:30"\n    d: "1e3"\n    e: "~"\n    f: "y"\n');
  });

  it('prints a List as JSON', async () => {
    const { stdout } = await rules(['convert', '-o', 'json', '-'], { stdin: file() });
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'List', items: [{ kind: 'SignozAlertRule', metadata: { name: 'host-down' } }] });
  });

  it('without a channel leaves it to the routing policies who is told', async () => {
    const { stdout } = await rules(['convert', '-'], { stdin: file() });
    expect(parse(stdout)).toMatchObject({ spec: { notificationSettings: { usePolicy: true } } });
  });

  it('says that nobody named a channel, unless that is meant', async () => {
    expect((await rules(['convert', '-'], { stdin: file() })).stderr).toContain('no --channel is given');
    expect((await rules(['convert', '--use-policy', '-'], { stdin: file() })).stderr).not.toContain('--channel');
    const both = await rules(['convert', '--use-policy', '--channel', 'ops', '-'], { stdin: file() });
    expect(both).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('either --channel or --use-policy') });
  });

  it('says beside JSON, which has no comments, what is lost', async () => {
    const ran = await rules(['convert', '-o', 'json', '-'], { stdin: file('{alert: A, expr: up > 3, keep_firing_for: 5m}') });
    expect(ran.stderr).toMatch(/^# note: NotTranslated: keep_firing_for: /m);
  });

  it('is coloured on a terminal alone, and not there either with NO_COLOR', async () => {
    const painted = '\u001b[32mtranslated';
    const stdin = file('{alert: A, expr: up > 3, labels: {severity: info}}');
    expect((await rules(['convert', '-'], { stdin, isTTY: true })).stderr).toContain(painted);
    expect((await rules(['convert', '-'], { stdin, isTTY: true, env: { NO_COLOR: '1' } })).stderr).not.toContain('\u001b');
    expect((await rules(['convert', '-'], { stdin })).stderr).not.toContain('\u001b');
  });

  it('gives the same for the same, and the same objects in whichever order the files come', async () => {
    const files = [fixture('collection.rules.yml'), fixture('signoz-names.rules.yml')];
    const [once, again, turned] = await Promise.all([files, files, files.toReversed()].map(paths => rules(['convert', ...paths])));
    expect(again?.stdout).toBe(once?.stdout);
    const texts = [turned, once].map(ran => objectsIn(ran?.stdout ?? '').map(object => JSON.stringify(object)));
    expect(texts[0]?.toSorted()).toEqual(texts[1]?.toSorted());
  });
});

const OBJECT = (name: string): string => `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: ${name}, namespace: elsewhere }
spec:
  groups:
    - name: ${name}
      interval: 2m
      rules: [{ alert: ${name}Down, expr: 'up{job="${name}"} == 0' }]
`;

describe('the files that are taken', () => {
  it('PrometheusRules within the output of Helm, other kinds passed over', async () => {
    const stdin = `---
# Source: chart/templates/cm.yaml
apiVersion: v1
kind: ConfigMap
data: { groups: "none" }
---
# Source: chart/templates/empty.yaml
---
# Source: chart/templates/rule.yaml
${OBJECT('api')}---
${OBJECT('db')}`;
    const ran = await rules(['convert', '-'], { stdin });
    expect(ran).toMatchObject({ status: 0 });
    expect(objectsIn(ran.stdout)).toMatchObject([
      { metadata: { name: 'api-down' }, spec: { promql: { frequency: '2m' } } },
      { metadata: { name: 'db-down' } },
    ]);
  });

  it('Lists of them, as kubectl prints them', async () => {
    const items = [parse(OBJECT('api')), { kind: 'List', items: [parse(OBJECT('db'))] }];
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'PrometheusRuleList', items });
    expect(objectsIn((await rules(['convert', '-'], { stdin })).stdout)).toHaveLength(2);
  });

  it('several files, with names that are unique among all', async () => {
    const { stdout } = await rules(['convert', fixture('signoz-names.rules.yml'), fixture('signoz-names.rules.yml')]);
    const names = [...stdout.matchAll(/^ {2}name: (\S+)$/gm)].map(([, name]) => name);
    expect(new Set(names.filter(name => /^[a-z]/.test(name ?? ''))).size).toBe(10);
  });

  it('anchors and merge keys, which Prometheus takes too', async () => {
    const stdin = `groups:
  - name: g
    rules:
      - alert: A
        expr: up > 1
        labels: &common { severity: critical, team: a }
      - { alert: B, expr: up > 2, labels: { <<: *common, team: b } }
`;
    const [, second] = objectsIn((await rules(['convert', '-'], { stdin })).stdout);
    expect(second).toMatchObject({ spec: { promql: { severity: 'critical' }, labels: { team: 'b' } } });
  });
});

describe('exit status 2: the files are wrong', () => {
  it.each(['--secret', '--namespace'])('or what %s gives is no name that Kubernetes takes', async option => {
    const ran = await rules(['convert', '-', option, 'Bad_Name'], { stdin: file() });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(`option '${option} <`);
    expect(ran.stderr).toContain('lower case letters');
  });

  it.each([
    ['is no YAML', 'groups: [\n', /^-:2:1: /],
    ['holds no rule', 'kind: ConfigMap\n', /^-: there is no rule: give a Prometheus rule file/],
    ['is empty', '', /^-: there is no rule/],
    [
      'has a field that Prometheus does not know',
      file('{alert: A, expr: up > 1, anotations: {}}'),
      /^-:4:34: groups\[0\]\.rules\[0\]\.anotations: there is no such field/,
    ],
    ['has a rule without an expression', file('{alert: A}'), /^-:4:9: groups\[0\]\.rules\[0\]\.expr: a rule needs an expression/],
    ['has a rule that is nothing', file('{expr: up}'), /^-:4:9: groups\[0\]\.rules\[0\]: a rule is either/],
    [
      'has labels that are a list',
      file('{alert: A, expr: up, labels: [a]}'),
      /^-:4:30: groups\[0\]\.rules\[0\]\.labels: it must be an object/,
    ],
    ['has groups that are none', 'groups: 5\n', /^-:1:1: groups: it must be a list/],
    ['has a rule that is a word', file('up'), /^-:4:9: groups\[0\]\.rules\[0\]: it must be an object/],
    ['has a label that is a list', file('{alert: A, expr: up, labels: {a: [b]}}'), /labels\.a: it must be a text/],
    ['has a group without a name', 'groups: [{rules: []}]', /^-:1:10: groups\[0\]: a group needs a name/],
  ])('%s', async (_, stdin, told) => {
    const ran = await rules(['convert', '-'], { stdin });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(told);
  });

  it('is not there', async () => {
    const ran = await rules(['convert', '/nowhere/rules.yml']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^\/nowhere\/rules\.yml: the file cannot be read: /);
  });
});

it('runs as a process of its own, and its help has the exit statuses', async () => {
  expect(await awoooi(['rules', 'convert', '-'], { stdin: file() })).toMatchObject({ status: 0 });
  const { stdout } = await awoooi(['rules', 'convert', '--help']);
  expect(stdout).toContain('Exit status: 0 every rule was translated');
});
