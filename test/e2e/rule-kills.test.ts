import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Killed, killCycles, type KillStage, quiet, rulesByOwner } from './rule-kills.ts';
import { raiseKillStage } from './rule-kill-stage.ts';

/** The soak has three hundred. */
const CYCLES = 8;

let stage: KillStage;
let killed: Killed;
const parts: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  stage = await raiseKillStage(
    part => {
      parts.push(part);
      return part;
    },
    { name: 'rule-kills', seed: 5 },
  );
  killed = await killCycles(stage, { cycles: CYCLES });
});
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
});

it('an operator that is killed amid its writes never makes a second rule of an object', () => {
  expect(killed.amidWrites).toBeGreaterThanOrEqual(CYCLES / 2);
  expect(killed.duplicated).toEqual([]);
});

it('and in the end there is one rule for each object, as the object asks, and none besides', async () => {
  const wanted = await quiet(stage);
  expect(wanted.length).toBeGreaterThan(0);
  expect(rulesByOwner(stage.signoz)).toEqual(wanted);
});
