import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/kube/controller.ts';
import { throwawayKind, throwawayResource } from '../builders/throwaway-kind.ts';
import type { Cluster } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';
import { type Child, startChild } from '../parts/process.ts';
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
  readonly killAt: Asked['killAt'];
  /** Where the first process was killed; undefined when it came to its end before. */
  readonly killed: string | undefined;
  /** How often each distinct key was sent: one entry is one effect. */
  readonly sends: readonly number[];
  readonly agreed: boolean;
}

type Scenario = Pick<Asked, 'faults' | 'naive' | 'follows'>;

/** One object, a process that is killed at that step, and another that carries on: a new one, or one that followed all the while. */
async function bring(killAt: Asked['killAt'], { faults, naive, follows }: Scenario): Promise<Case> {
  const kind = await throwawayKind(cluster, resource);
  await kind.create('a', 'one');
  const { url, caFile, adminToken, adminUser, adminKubeconfig } = cluster;
  const access = { url, caFile, adminToken, adminUser, adminKubeconfig };
  const asked: Asked = { access, resource, namespace: kind.namespace, effectUrl: effects.url, killAt, faults, naive, follows: false };
  const follower = follows ? await following(asked) : undefined;
  const first = start(asked);
  const status = await first.exited;
  const killed = /killed (.*)/.exec(first.log())?.[1];
  if (status !== 0 && killed === undefined) throw new Error(`the process ended with ${status}: ${first.log()}`);
  if (killed !== undefined) await carriedOn(asked, follower);
  await follower?.kill9();
  const thing = await kind.read('a');
  const { intent, deed } = thing?.status ?? {};
  return { killAt, killed, sends: effects.sends(thing?.metadata.uid ?? ''), agreed: intent !== undefined && intent === deed };
}

async function carriedOn(asked: Asked, follower: Child | undefined): Promise<void> {
  const second = follower ?? start({ ...asked, killAt: 0 });
  if (follower) process.kill(follower.pid, 'SIGUSR2');
  if ((await second.exited) !== 0) throw new Error(`the second process failed: ${second.log()}`);
}

/** With the object in its cache, and of its changes only the first. */
async function following(asked: Asked): Promise<Child> {
  const follower = start({ ...asked, killAt: 0, follows: true });
  await eventually(() => follower.log().includes('follows'), { withinMs: 30_000 });
  return follower;
}

function start(asked: Asked): Child {
  return startChild({ name: `step ${asked.killAt}`, command: process.execPath, args: [SCRIPT, JSON.stringify(asked)] });
}

/** Kills at every step there is, one object each, until a process comes to its end before its step. */
async function everyStep(scenario: Scenario): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (let killAt = 1; killAt < MOST_STEPS; killAt += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, n) => bring(killAt + n, scenario));
    cases.push(...(await Promise.all(batch)));
    if (cases.at(-1)?.killed === undefined) return cases;
  }
  return cases;
}

/** Where it may be that only the effect itself can tell that it was made: nobody has stored the deed. */
const BEFORE_THE_DEED = new Set(['after the effect', 'before a PATCH', "at a watch's MODIFIED"]);

/** Where those were killed whose effect was sent more than once. */
function sentTwice(cases: readonly Case[]): string[] {
  return cases.filter(one => one.sends.some(count => count > 1)).map(one => one.killed ?? 'not killed');
}

/** What the decision record quotes. */
function report(name: string, cases: readonly Case[]): void {
  const killed = cases.filter(one => one.killed !== undefined);
  const sends = cases.flatMap(one => one.sends).reduce((sum, count) => sum + count, 0);
  const distinct = cases.reduce((sum, one) => sum + one.sends.length, 0);
  const places = new Set(killed.map(one => one.killed)).size;
  console.info(
    `${name}: ${cases.length} objects, killed at ${killed.length} steps (${places} places), ${distinct} effects, ${sends} sends; sent twice after: ${[...new Set(sentTwice(cases))].join(', ') || 'none'}`,
  );
}

describe('intent, effect, deed, killed before and after everything that is awaited', () => {
  it.each<[string, Faults, { follows: boolean; dropEffects: boolean }]>([
    ['no faults', NONE, { follows: false, dropEffects: false }],
    ['taken over by a process that followed all the while and whose watch fell silent', NONE, { follows: true, dropEffects: false }],
    [
      'answers of both status writes lost, every watch event late, every other effect unanswered',
      { droppedWrites: 2, watchDelayMs: 300 },
      { follows: false, dropEffects: true },
    ],
  ])(
    'makes one effect for each object: %s',
    async (name, faults, { follows, dropEffects }) => {
      if (dropEffects) effects.dropAnswers();
      const cases = await everyStep({ faults, naive: false, follows });
      report(name, cases);
      expect(cases.filter(one => one.killed !== undefined).length).toBeGreaterThan(8);
      expect(cases.filter(one => one.sends.length !== 1 || !one.agreed)).toEqual([]);
      // With answers lost, whoever died is not the only one who cannot know.
      const needless = sentTwice(cases).filter(killed => !BEFORE_THE_DEED.has(killed));
      expect(dropEffects ? [] : needless).toEqual([]);
    },
    300_000,
  );

  it('can tell: an effect that is made before it is recorded happens twice', async () => {
    // By its name: which number a step has varies with when the watch speaks.
    const { killed, sends } = await bring('after the effect', { faults: NONE, naive: true, follows: false });
    expect([killed, sends]).toEqual(['after the effect', [1, 1]]);
  }, 300_000);
});
