import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeFolder, runFolder } from '../test/parts/run-folder.ts';
import { chosen } from './chosen.ts';
import { merged } from './report.ts';
import { atMost, type Bench } from './result.ts';

const bench = (name: string): Bench => ({ name, what: '', takes: '', run: async () => [] });
const BENCHES = [bench('runtime'), bench('rest'), bench('canary')];

const figure = (name: string, value: number) => atMost(name, { value, unit: 'ms', most: 5 });

function names(only: string): readonly string[] {
  const choice = chosen(only, BENCHES);
  return choice.ok ? choice.benches.map(({ name }) => name) : [];
}

it('runs all benches, or those that ONLY names, in their own order', () => {
  expect(names('')).toEqual(['runtime', 'rest', 'canary']);
  expect(names('rest')).toEqual(['rest']);
  expect(names('canary, runtime')).toEqual(['runtime', 'canary']);
});

it('says which benches there are when one is named that is none, and measures nothing', () => {
  const folder = runFolder('bench');
  const env = { ...process.env, ONLY: 'rest,haste', BENCH_RESULTS: join(folder, 'results.json') };
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /^There is no bench haste\. ONLY may name, separated by commas: runtime, reflector-memory, schedule, canary, rest, cold-start, intake, outcomes, recommendations, approval, many-playbooks, told, rules, many-rules\.$/m,
  );
  expect(readdirSync(folder)).toEqual([]);
  removeFolder(folder);
});

it('replaces all figures of the benches that ran, and keeps those of the others', () => {
  const before = [figure('rest: a', 1), figure('rest: gone', 1), figure('canary: a', 1)];
  expect(merged(before, [figure('rest: a', 9)], new Set(['rest']))).toEqual([figure('canary: a', 1), figure('rest: a', 9)]);
});

it('counts a figure that is just at its bound as met', () => {
  expect(atMost('x', { value: 5, unit: 'ms', most: 5 })).toMatchObject({ met: true, target: '<= 5' });
  expect(atMost('x', { value: 5.1, unit: 'ms', most: 5 })).toMatchObject({ met: false });
});
