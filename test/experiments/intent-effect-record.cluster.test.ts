import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/kube/controller.ts';
import { throwawayKind, throwawayResource } from '../builders/throwaway-kind.ts';
import type { Cluster } from '../parts/cluster.ts';
import { startChild } from '../parts/process.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';
import { type EffectServer, effectServer } from './effect-server.ts';
import type { Asked, Faults } from './intent-process.ts';

const SCRIPT = join(import.meta.dirname, 'intent-process.ts');
const NONE: Faults = { droppedWrites: 0, watchDelayMs: 0 };
/** At most two killed processes at a time: there are two cores. */
const AT_ONCE = 2;
const MOST_STEPS = 60;

let cluster: Cluster;
let resource: Resource;
let effects: EffectServer;

beforeAll(async () => {
  cluster = await sharedControlPlane();
  resource = await throwawayResource(cluster);
});
beforeEach(async () => {
  effects = await effectServer();
});
afterEach(() => effects.stop());

interface Case {
  readonly killAt: number;
  /** Where the first process was killed; undefined when it came to its end before. */
  readonly killed: string | undefined;
  /** How often each distinct key was sent: one entry is one effect. */
  readonly sends: readonly number[];
  readonly agreed: boolean;
}

/** One object, a process that is killed at that step, and another that carries on. */
async function bring(killAt: number, { faults, naive }: Pick<Asked, 'faults' | 'naive'>): Promise<Case> {
  const kind = await throwawayKind(cluster, resource);
  await kind.create('a', 'one');
  const { url, caFile, adminToken, adminKubeconfig } = cluster;
  const access = { url, caFile, adminToken, adminKubeconfig };
  const asked: Asked = { access, resource, namespace: kind.namespace, effectUrl: effects.url, killAt, faults, naive };
  const first = start(asked);
  const status = await first.exited;
  const killed = /killed (.*)/.exec(first.log())?.[1];
  if (status !== 0 && killed === undefined) throw new Error(`the process ended with ${status}: ${first.log()}`);
  if (killed !== undefined) {
    const second = start({ ...asked, killAt: 0 });
    if ((await second.exited) !== 0) throw new Error(`the second process failed: ${second.log()}`);
  }
  const thing = await kind.read('a');
  const { intent, deed } = thing?.status ?? {};
  return { killAt, killed, sends: effects.sends(thing?.metadata.uid ?? ''), agreed: intent !== undefined && intent === deed };
}

function start(asked: Asked) {
  return startChild({ name: `step ${asked.killAt}`, command: process.execPath, args: [SCRIPT, JSON.stringify(asked)] });
}

/** Kills at every step there is, one object each, until a process comes to its end before its step. */
async function everyStep(scenario: Pick<Asked, 'faults' | 'naive'>): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (let killAt = 1; killAt < MOST_STEPS; killAt += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, n) => bring(killAt + n, scenario));
    cases.push(...(await Promise.all(batch)));
    if (cases.at(-1)?.killed === undefined) return cases;
  }
  return cases;
}

/** What the decision record quotes. */
function report(name: string, cases: readonly Case[]): void {
  const killed = cases.filter(one => one.killed !== undefined);
  const sends = cases.flatMap(one => one.sends).reduce((sum, count) => sum + count, 0);
  const distinct = cases.reduce((sum, one) => sum + one.sends.length, 0);
  const twice = cases.filter(one => one.sends.some(count => count > 1)).map(one => one.killed ?? 'not killed');
  const places = new Set(killed.map(one => one.killed)).size;
  console.info(
    `${name}: ${cases.length} objects, killed at ${killed.length} steps (${places} places), ${distinct} effects, ${sends} sends; sent twice after: ${[...new Set(twice)].join(', ') || 'none'}`,
  );
}

describe('intent, effect, deed, killed before and after everything that is awaited', () => {
  it.each<[string, Faults, boolean]>([
    ['no faults', NONE, false],
    [
      'answers of both status writes lost, every watch event late, every other effect unanswered',
      { droppedWrites: 2, watchDelayMs: 300 },
      true,
    ],
  ])(
    'makes one effect for each object: %s',
    async (name, faults, dropEffects) => {
      if (dropEffects) effects.dropAnswers();
      const cases = await everyStep({ faults, naive: false });
      report(name, cases);
      expect(cases.filter(one => one.killed !== undefined).length).toBeGreaterThan(8);
      expect(cases.filter(one => one.sends.length !== 1 || !one.agreed)).toEqual([]);
    },
    300_000,
  );

  it('can tell: an effect that is made before it is recorded happens twice', async () => {
    const cases = await everyStep({ faults: NONE, naive: true });
    report('effect before intent', cases);
    expect(cases.filter(one => one.sends.length > 1).map(one => one.killed)).toContain('after the effect');
  }, 300_000);
});
