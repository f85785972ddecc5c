import { describe, expect, it } from 'vitest';
import { readProbes } from './probe-file.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const TARGET = { url: 'http://localhost:8000', hasToken: false };
const read = (text: string, target = TARGET) => readProbes({ name: 'probe.yaml', text }, target, NOW);

const PROBE = `apiVersion: awoooi.io/v1alpha1
kind: AlertChainProbe
metadata:
  name: production
spec:
  schedule:
    every: 5m
  hops:
    - name: api
      type: Health
`;

function changed(from: string, to: string): string {
  expect(PROBE).toContain(from);
  return PROBE.replace(from, to);
}

describe('reads', () => {
  it('a probe with all defaults, in namespace default', () => {
    const result = read(PROBE);
    expect(result.ok && result.probes[0]).toMatchObject({
      metadata: { namespace: 'default', name: 'production' },
      spec: { timeout: '30s', hops: [{ name: 'api', type: 'Health' }] },
    });
  });

  it('the default target where none is given, with a token where there is one', () => {
    const result = read(PROBE, { ...TARGET, hasToken: true });
    expect(result.ok && result.probes[0]?.spec.target).toEqual({
      url: 'http://localhost:8000',
      auth: { bearerToken: { name: 'awoooi-api', key: 'token' } },
    });
  });

  it('the file’s own target where one is given', () => {
    const result = read(changed('  hops:', '  target: { url: http://own.example }\n  hops:'));
    expect(result.ok && result.probes[0]?.spec.target?.url).toBe('http://own.example');
  });

  it('every document, and passes over empty ones', () => {
    const result = read(`---\n# nothing\n---\n${PROBE}---\n${changed('production', 'staging')}---\n`);
    expect(result.ok && result.probes.map(({ metadata }) => metadata.name)).toEqual(['production', 'staging']);
  });
});

it.each<[string, string, RegExp]>([
  ['a wrong value', changed('type: Health', 'type: Helth'), /^probe\.yaml:10:7: spec\.hops\[0\]\.type: .*"Health"/],
  ['a missing field, at what should hold it', changed('      type: Health\n', ''), /^probe\.yaml:9:7: spec\.hops\[0\]\.type: /],
  ['a missing block', changed('  schedule:\n    every: 5m\n', ''), /^probe\.yaml:5:1: spec\.schedule: /],
  ['a bad duration', changed('every: 5m', 'every: 5 minutes'), /^probe\.yaml:7:5: spec\.schedule\.every: must be a duration/],
  [
    'a rule between fields',
    changed('    every: 5m', '    every: 5m\n    cron: "* * * * *"'),
    /^probe\.yaml:6:3: spec\.schedule: every and cron exclude each other/,
  ],
  [
    'a rule of the whole spec',
    changed('  hops:', '  timeout: 9m\n  hops:'),
    /^probe\.yaml:5:1: spec: timeout .* must not be longer than schedule\.every/,
  ],
  ['two hops of one name', `${PROBE}    - name: api\n      type: Approval\n`, /^probe\.yaml:8:3: spec\.hops: two hops have the same name/],
  ['a block of another type', `${PROBE}      watchdog: {}\n`, /^probe\.yaml:9:7: spec\.hops\[0\]: /],
  ['an unknown field', `${PROBE}      timeuot: 3s\n`, /^probe\.yaml:11:7: spec\.hops\[0\]\.timeuot: there is no such field/],
  [
    'an unknown field beside known ones',
    changed('  hops:', '  notfy: {}\n  hops:'),
    /^probe\.yaml:8:3: spec\.notfy: there is no such field/,
  ],
  ['a day that no calendar has', changed('every: 5m', 'cron: "0 0 30 2 *"'), /^probe\.yaml:7:5: spec\.schedule\.cron: .*never run/],
  [
    'another kind',
    changed('AlertChainProbe', 'ConfigMap'),
    /^probe\.yaml:2:1: kind: this is a ConfigMap; only documents of kind AlertChainProbe/,
  ],
  ['another object', 'apiVersion: v1\nkind: Secret\ndata: {}\n', /^probe\.yaml:2:1: kind: this is a Secret; only/],
  ['a probe without a spec', PROBE.slice(0, PROBE.indexOf('spec:')), /^probe\.yaml:1:1: spec: it is missing$/],
  ['a number for a text', changed('every: 5m', 'every: 5'), /^probe\.yaml:7:5: spec\.schedule\.every: it must be a string$/],
  ['another version', changed('v1alpha1', 'v1'), /^probe\.yaml:1:1: apiVersion: it must be "awoooi\.io\/v1alpha1"$/],
  ['no name', changed('  name: production', '  labels: {}'), /^probe\.yaml:3:1: metadata\.name: it is missing$/],
  ['broken YAML', `${PROBE}   - oops: [`, /^probe\.yaml:\d+:\d+: /],
  ['a key twice', changed('    every: 5m', '    every: 5m\n    every: 6m'), /^probe\.yaml:8:5: .*unique/],
  ['text that is no object', 'hello\n', /^probe\.yaml:1:1: /],
  ['nothing', '', /^probe\.yaml:1:1: the file holds no document$/],
  ['only comments', '# a\n---\n# b\n', /^probe\.yaml:1:1: the file holds no document$/],
])('says file, line, column and field of %s', (_, text, expected) => {
  const result = read(text);
  expect(result.ok ? [] : result.problems).toEqual([expect.stringMatching(expected)]);
});

it('points into the document that is wrong', () => {
  const result = read(`${PROBE}---\n${changed('type: Health', 'type: Helth')}`);
  expect(result.ok ? [] : result.problems).toEqual([expect.stringMatching(/^probe\.yaml:21:7: spec\.hops\[0\]\.type: /)]);
});

it('says everything at once', () => {
  const result = read(changed('type: Health', 'type: Helth').replace('5m', '5 m'));
  expect(result.ok ? [] : result.problems).toHaveLength(2);
});

it('does not let a small file grow without end', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]`),
  ].join('\n');
  const result = read(bomb);
  expect(result.ok).toBe(false);
});
