import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { condition, probeView } from './probe-view.ts';
import { type Life, livesIn } from './release-lives.ts';
import { raiseReleaseWorld, type ReleaseWorld } from './release-world.ts';
import { RELEASE } from './release.ts';
import { repairScene } from './repair-stage.ts';

let world: ReleaseWorld;

beforeAll(async () => {
  world = await raiseReleaseWorld();
  await repairScene(world.stage, world.alertmanager).watchdog();
});
afterAll(() => world?.stop());

it('proves the chain by the probe that the chart begins with', async () => {
  const view = probeView({ cluster: world.cluster, namespace: RELEASE.namespace }, 'first-probe');
  await view.run();
  await view.until(status => condition(status) === 'True/AllHopsPassed');
});

describe('the life of every kind, while one replica hands over to the other:', () => {
  const steps: readonly (readonly [keyof Life, 'kill' | 'end'])[] = [
    ['create', 'end'],
    ['change', 'kill'],
    ['fault', 'end'],
    ['recover', 'kill'],
    ['end', 'end'],
  ];
  it.each(steps)('%s (and %s)', async (step, how) => {
    const lives = Object.values(livesIn(world));
    await Promise.all([...lives.map(life => life[step]()), world.handOver(how)]);
  }, 180_000);
});

it('audit', async () => {
  const used = new Map<string, number>();
  for (const r of world.cluster.audited()) {
    const k = `${r.allowed} ${r.verb} ${r.apiGroup}/${r.resource} | ${r.reason.slice(0, 120)}`;
    used.set(k, (used.get(k) ?? 0) + 1);
  }
  console.log([...used].map(([k, n]) => `${n} ${k}`).join('\n'));
  expect(1).toBe(1);
});
