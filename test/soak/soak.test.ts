import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { FAULTS } from './faults.ts';
import { type Run, type Runner, runContinuously } from './runner.ts';
import { type Keep, raiseSoakStage, type SoakStage } from './stage.ts';
import { watch, type Watched } from './watcher.ts';

const MINUTES = Number(process.env['MINUTES'] ?? 60);
/** What raising and ending the stage, and the last fault, may take beyond that. */
const MARGIN_MINUTES = 10;
/** Runs in a row that have to pass between two faults. */
const CALM_RUNS = 5;
/** From the mending of a fault until a run has passed that began afterwards. */
const READY_WITHIN_MS = 60_000;
/** How much larger the survivor may be in the last quarter of the time than in the first: V8 takes some time to find its size. */
const GROWTH_MIB = 32;

/** One fault: from when until when nothing is said of a run. */
interface Disturbance {
  readonly fault: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** After it was mended; undefined where that took too long. */
  readonly readyAfterMs: number | undefined;
}

let stage: SoakStage;
let watched: Watched;
let runs: readonly Run[];
const disturbances: Disturbance[] = [];
let survivorPid: number;
let log: string;
const parts: { stop(): Promise<void> }[] = [];

const keep: Keep = part => {
  parts.push(part);
  return part;
};
const stopParts = async (): Promise<void> => {
  for (const part of parts.splice(0).toReversed()) await part.stop();
};

beforeAll(
  async () => {
    stage = await raiseSoakStage(keep, (MINUTES + 2 * MARGIN_MINUTES) * 60);
    survivorPid = stage.operators.survivor.process().pid;
    const [runner, watcher] = [runContinuously(stage.view), watch(stage)];
    try {
      await soak(runner);
    } finally {
      watched = await watcher.stop();
      await runner.stop();
      runs = runner.runs;
      log = stage.operators.survivor.process().log();
    }
  },
  (MINUTES + MARGIN_MINUTES) * 60_000,
);
afterAll(stopParts);

/** One fault after the other until the time is over and each has struck, or until one is not recovered from. */
async function soak(runner: Runner): Promise<void> {
  const endMs = performance.now() + MINUTES * 60_000;
  await calm(runner);
  for (let turn = 0; turn < FAULTS.length || performance.now() < endMs; turn += 1) {
    const fault = FAULTS[turn % FAULTS.length];
    if (!fault) throw new Error('there is no fault');
    const fromMs = performance.now();
    await fault.strike(stage, runner).catch((err: unknown) => {
      throw new Error(`${fault.name}: it was not felt, or could not be mended`, { cause: err });
    });
    const mendedMs = performance.now();
    const toMs = await recovered(runner, mendedMs);
    const readyAfterMs = toMs === undefined ? undefined : toMs - mendedMs;
    disturbances.push({ fault: fault.name, fromMs, toMs: toMs ?? Number.POSITIVE_INFINITY, readyAfterMs });
    console.log(`${fault.name}, ${inSeconds(mendedMs - fromMs)}; Ready again ${toMs ? `after ${inSeconds(toMs - mendedMs)}` : 'too late'}`);
    if (toMs === undefined) return;
    await calm(runner);
  }
}

const inSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

async function calm({ runs }: Runner): Promise<void> {
  const before = runs.length;
  await eventually(() => runs.length >= before + CALM_RUNS, { withinMs: 180_000, everyMs: 100 });
}

/** When the probe was Ready again by a run that began after the mending. */
function recovered({ runs }: Runner, mendedMs: number): Promise<number | undefined> {
  return eventually(() => runs.find(run => run.beganMs >= mendedMs && run.passed)?.endedMs, {
    withinMs: READY_WITHIN_MS,
    everyMs: 100,
  }).catch(() => undefined);
}

it('struck with every fault', () => {
  expect(new Set(disturbances.map(({ fault }) => fault))).toEqual(new Set(FAULTS.map(({ name }) => name)));
});

it('passed every run that began and ended while everything was whole', () => {
  const whole = runs.filter(run => disturbances.every(({ fromMs, toMs }) => run.endedMs <= fromMs || run.beganMs >= toMs));
  expect(whole.filter(({ passed }) => !passed)).toEqual([]);
  expect(whole.length).toBeGreaterThanOrEqual(disturbances.length * (CALM_RUNS - 1));
});

it(`was Ready again within ${inSeconds(READY_WITHIN_MS)} of the mending of each fault`, () => {
  expect(disturbances.filter(({ readyAfterMs }) => readyAfterMs === undefined)).toEqual([]);
});

it('left no canary firing for longer than two minutes', () => {
  expect(watched.longestFiringMs).toBeLessThan(120_000);
  expect(watched.endless).toEqual([]);
});

it('did not grow', () => {
  const quarter = Math.floor(watched.memory.length / 4);
  const [first, last] = [watched.memory.slice(0, quarter), watched.memory.slice(-quarter)].map(median);
  console.log(`the survivor: ${first?.toFixed(0)} MiB in the first quarter, ${last?.toFixed(0)} MiB in the last; ${runs.length} runs`);
  expect(last).toBeLessThan((first ?? 0) + GROWTH_MIB);
});

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

it('is the same process as at the start, and met nothing that it did not expect', () => {
  expect(stage.operators.survivor.process()).toMatchObject({ pid: survivorPid });
  expect(stage.operators.survivor.process().running()).toBe(true);
  expect(log).not.toMatch(/unexpectedly|unhandled/i);
});

it('leaves no process', async () => {
  expect(children().length).toBeGreaterThan(0);
  await stopParts();
  expect(children()).toEqual([]);
});

/** What this process started and is still there: every part, killed and restarted ones too (proc_pid_stat(5), ppid). */
function children(): string[] {
  return readdirSync('/proc')
    .filter(name => /^[0-9]+$/.test(name))
    .flatMap(pid => {
      const stat = readable(`/proc/${pid}/stat`);
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return parent === String(process.pid) ? [stat.slice(0, stat.lastIndexOf(')') + 1)] : [];
    });
}

/** A process may end between the list and the look. */
function readable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
