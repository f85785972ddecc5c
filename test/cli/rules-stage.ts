import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { stringify } from 'yaml';
import { type SignozWorld, signozWorld } from '../builders/signoz-world.ts';
import { rulesIn } from '../servers/signoz-caller.ts';

/** Of the object of {@link object}, in the cluster `prod`. */
const MARKER = 'awoooi://prod/monitoring/api-errors/u-1';
export const PROMQL = { expr: 'up > 1', for: '5m', severity: 'critical', channels: ['ops-hook'] };

/** A SignozAlertRule as YAML. */
export function object(spec: object = {}, name = 'api-errors'): string {
  const whole = { name: 'API errors', promql: PROMQL, labels: { team: 'platform' }, annotations: { summary: 'errors' }, ...spec };
  return stringify({ apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule', metadata: { name, namespace: 'monitoring' }, spec: whole });
}

export interface RulesStage {
  readonly world: SignozWorld;
  readonly folder: string;
  /** What leads to the SigNoz. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file into the folder; answers its path. */
  file(text: string): Promise<string>;
  /** A rule in SigNoz as an apply of the object of {@link object} would have made it, but for this; answers its id. `source` is empty where no object owns it. */
  stored(over?: object, source?: string): Promise<string>;
}

/** A SigNoz without rules and an empty folder, for each test of the file that asks for them. */
export function rulesStage(): () => RulesStage {
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
  return () => ({
    world,
    folder,
    env: { SIGNOZ_URL: world.signoz.url, SIGNOZ_API_KEY: world.signoz.editorKey },
    async file(text) {
      await writeFile(join(folder, 'rules.yaml'), text);
      return join(folder, 'rules.yaml');
    },
    stored: async (over = {}, source = MARKER) => (await world.posted({ ...STORED, source, ...over })).id,
  });
}

const STORED = {
  alert: 'API errors',
  evaluation: { kind: 'rolling', spec: { evalWindow: '5m0s', frequency: '60s' } },
  condition: {
    compositeQuery: { queryType: 'promql', panelType: 'graph', queries: [{ type: 'promql', spec: { name: 'A', query: 'up' } }] },
    selectedQueryName: 'A',
    thresholds: { kind: 'basic', spec: [{ name: 'critical', target: 1, op: 'above', matchType: 'all_the_times', channels: ['ops-hook'] }] },
  },
  labels: { team: 'platform', severity: 'critical' },
  annotations: { summary: 'errors' },
};
