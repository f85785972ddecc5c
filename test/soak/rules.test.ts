import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Killed, killCycles, type KillStage, quiet, rulesByOwner } from '../e2e/rule-kills.ts';
import { raiseKillStage } from '../e2e/rule-kill-stage.ts';
import { startControlPlane } from '../parts/control-plane.ts';

const CYCLES = Number(process.env['CYCLES'] ?? 300);
/** Told anew for each soak; the one of a soak that failed repeats what people did in it. */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** A start of the operator on a busy machine, and what people do. */
const MOST_SECONDS_PER_CYCLE = 30;
const MARGIN_SECONDS = 300;
/** So often everything is let come to rest and compared. */
const LOOK_EVERY = 25;

let stage: KillStage;
let killed: Killed;
const looks: { readonly cycle: number; readonly wanted: readonly string[]; readonly found: readonly string[] }[] = [];
const parts: { stop(): Promise<void> }[] = [];

function keep<T extends { stop(): Promise<void> }>(part: T): T {
  parts.push(part);
  return part;
}

beforeAll(
  async () => {
    console.log(`${CYCLES} kills of the operator while alert rules are applied, edited and deleted; SEED=${SEED}`);
    const cluster = keep(await startControlPlane());
    stage = await raiseKillStage(keep, { name: 'rule-soak', seed: SEED, cluster });
    const beganMs = performance.now();
    killed = await killCycles(stage, {
      cycles: CYCLES,
      async each(cycle) {
        if ((cycle + 1) % LOOK_EVERY !== 0 && cycle + 1 !== CYCLES) return;
        const wanted = await quiet(stage);
        const found = rulesByOwner(stage.signoz);
        looks.push({ cycle, wanted, found });
        console.log(
          `${cycle + 1} of ${CYCLES} cycles after ${((performance.now() - beganMs) / 1_000).toFixed(0)} s: ${found.length} rules`,
        );
      },
    });
  },
  (CYCLES * MOST_SECONDS_PER_CYCLE + MARGIN_SECONDS) * 1_000,
);
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
});

it('killed the operator amid its writes, most times', () => {
  expect(killed.amidWrites).toBeGreaterThan(CYCLES / 2);
});

it('never made a second rule of an object', () => {
  expect(killed.duplicated).toEqual([]);
});

it('left one rule for each object, as the object asks, and none besides, whenever it came to rest', () => {
  expect(looks.length).toBeGreaterThan(0);
  for (const { cycle, wanted, found } of looks) expect(found, `after cycle ${cycle + 1}`).toEqual(wanted);
});
