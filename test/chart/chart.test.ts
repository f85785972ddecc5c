import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { CHART, helm } from '../parts/helm.ts';
import { Root } from '../parts/installed.ts';
import { podsOf } from './pods.ts';
import { rendered } from './rendered.ts';
import { ROWS } from './rows.ts';

const Chart = z.object({ version: z.string(), appVersion: z.string(), kubeVersion: z.string() });
const Package = z.object({ version: z.string() });

const chart = Chart.parse(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')));
const { version } = Package.parse(JSON.parse(readFileSync(join(Root, 'package.json'), 'utf8')));
const files = ROWS.flatMap(({ file }) => file ?? []);

const image = async (values: object) =>
  podsOf(await rendered({ name: 'image', values: { image: values } })).map(({ spec }) => spec.containers[0]?.image);

describe('the chart', () => {
  it.each([[], ...files.map(file => [`--values=${join(Root, file)}`])])('is well-formed to helm lint --strict %s', async (...values) => {
    const said = await helm(['lint', '--strict', CHART, ...values]);
    expect(said).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(said).not.toMatch(/\[(WARNING|ERROR|INFO)\]/);
  });

  it('has the version of the package, and runs the image of it', async () => {
    expect(chart).toMatchObject({ version, appVersion: version });
    const redis = 'docker.io/valkey/valkey:8.1-alpine';
    const operator = 'ghcr.io/awoooi/awoooi-operator';
    expect(await image({})).toEqual([`${operator}:${version}`, redis, `${operator}:${version}`]);
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(await image({ tag: 'next', digest })).toEqual([`${operator}:next@${digest}`, redis, `${operator}:next@${digest}`]);
  });

  it('says from which Kubernetes on it can be installed', async () => {
    expect(chart.kubeVersion).toBe('>=1.30.0-0');
    await expect(helm(['template', 'awoooi', CHART, '--kube-version=1.29.9'])).rejects.toThrow(/kubeVersion: >=1.30.0-0/);
    await expect(helm(['template', 'awoooi', CHART, '--kube-version=1.30.0-eks-1'])).resolves.toContain('kind: Deployment');
  });
});
