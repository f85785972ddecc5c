import { eventually } from '../parts/eventually.ts';
import type { Runner } from './runner.ts';
import type { Replica, SoakStage } from './stage.ts';

/** One way of breaking the stage. It resolves once it is mended; what it broke was felt, or it would prove nothing. */
export interface Fault {
  readonly name: string;
  strike(stage: SoakStage, runner: Runner): Promise<void>;
}

/** Longer than the pauses, of up to 36 s, that watches make which were reset several times in a row. */
const FELT = { withinMs: 120_000, everyMs: 100 };
const RESETS = 3;

/** Resolves once a run has failed that began after this was called. */
function failedRun({ runs }: Runner): Promise<unknown> {
  const since = performance.now();
  return eventually(() => runs.some(run => run.beganMs > since && !run.passed), FELT);
}

const other = (replica: Replica): Replica => (replica === 'mortal' ? 'survivor' : 'mortal');

/** SIGSTOP until the other one leads: a process that hangs, or a node that is gone for a while. */
async function freeze(stage: SoakStage, replica: Replica): Promise<void> {
  const { operators } = stage;
  operators[replica].freeze();
  try {
    await eventually(async () => (await stage.leader()) === other(replica), FELT);
  } finally {
    operators[replica].thaw();
  }
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'Redis killed and restarted',
    async strike({ redis }, runner) {
      await redis.kill9();
      await failedRun(runner);
      await redis.restart();
    },
  },
  {
    name: 'the leader killed and restarted',
    async strike(stage) {
      const { operators } = stage;
      // A lease that got lost may have come to the one that is to live.
      if ((await stage.leader()) !== 'mortal') await freeze(stage, 'survivor');
      await operators.mortal.kill9();
      await eventually(async () => (await stage.leader()) === 'survivor', FELT);
      await operators.mortal.restart();
    },
  },
  {
    name: 'the API server killed and restarted',
    async strike({ plane }) {
      await plane.apiServer.kill9();
      await plane.apiServer.restart();
    },
  },
  {
    name: 'every connection to the API server reset, again and again',
    async strike({ way }) {
      for (let resets = 0; resets < RESETS; resets += 1) {
        const before = way.accepted();
        way.reset();
        await eventually(() => way.accepted() >= before + 2, FELT);
      }
    },
  },
  {
    name: 'Alertmanager stopped and restarted',
    async strike({ alertmanager }, runner) {
      await alertmanager.halt();
      await failedRun(runner);
      await alertmanager.restart();
    },
  },
  {
    name: 'the leader frozen until another leads',
    async strike(stage) {
      await freeze(stage, (await stage.leader()) === 'mortal' ? 'mortal' : 'survivor');
    },
  },
];
