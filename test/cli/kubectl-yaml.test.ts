import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { objectYaml } from '../../src/cli/output/object-yaml.ts';
import { yamlDocuments } from '../../src/cli/yaml-file.ts';
import { kubectl } from '../parts/kubectl.ts';

const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any' } };

/** The data of a ConfigMap as kubectl reads it, without a cluster. */
async function readByKubectl(input: string): Promise<unknown> {
  const args = ['annotate', '--local', '-f', '-', '-o', 'json', 'read=yes'];
  const read: { data?: unknown } = JSON.parse(await kubectl(args, { kubeconfig: join(tmpdir(), 'no-cluster'), input }));
  return read.data;
}

const HARD_TEXTS = [
  [
    'a\u007fb',
    'a\u009b31mb',
    'a\u0085b',
    'a\u2028b',
    'a\u2029',
    '\ufeffa',
    '\u202ea',
    'a\uffff',
    '\u{e0001}',
    '\u00a0a',
    'l1\nl2\u001b[2J',
  ],
  ['\t\nb', ' \n', 'a\n\tb\n', '  a\n b', '\n', 'a\n \n'],
  ['on', 'y', 'No', '010', '0o17', '0X1F', '0b11', '1_000', '+_9', '1:30', '2001-01-01', '~', '=', '<<', '.inf', '1e3', 'e77', '08'],
].flat();

describe('YAML that kubectl is to read', () => {
  it('says every text as it is, and holds nothing that steers a terminal', async () => {
    const data = Object.fromEntries(HARD_TEXTS.map((text, n) => [`text${n}`, text]));
    const written = objectYaml({ ...MAP, data });
    expect(await readByKubectl(written)).toEqual(data);
    expect(written).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it('is read as kubectl reads it', async () => {
    const scalars = [
      'on',
      'y',
      'No',
      'OFF',
      'true',
      '010',
      '08',
      '0o17',
      '0X1F',
      '0b11',
      '-1_000',
      '_9',
      '1:30',
      '2001-01-01',
      '1e3',
      'e77',
    ];
    const lines = [...scalars, '.5', '1.', '+1', '~', '=', '"on"', '010abc', '1.2.3', 'Null'].map((text, n) => `  k${n}: ${text}`);
    const text = ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: any}', 'data:', ...lines, '  merged: {<<: {a: b}, c: d}'].join(
      '\n',
    );
    const [document] = yamlDocuments({ name: 'any.yaml', text });
    expect(document).toMatchObject({ ok: true, value: { data: await readByKubectl(text) } });
  });
});
