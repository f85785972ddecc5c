import type { RunStep } from '../../domain/repair/next-run-step.ts';
import { admit } from './admit.ts';
import { concluded } from './after-deed.ts';
import { begin } from './begin.ts';
import { carryOut, lookBack } from './carry-out.ts';
import { dryRun } from './dry-run.ts';
import { expire, finish, reject } from './finish.ts';
import { renew } from './renew.ts';
import { rest } from './rest.ts';
import { settle } from './settle.ts';
import { held, type RunOutcome, type RunTurn } from './turn.ts';
import { undo } from './undo.ts';
import { verify } from './verify.ts';

type Acts = { readonly [Do in RunStep['do']]: (turn: RunTurn, step: Extract<RunStep, { do: Do }>) => RunOutcome | Promise<RunOutcome> };

const MOST_WAIT_MS = 600_000;

const ACTS: Acts = {
  admit,
  try: dryRun,
  reject,
  expire,
  renew,
  wait: (turn, { until, ...note }) =>
    held(turn, { ...note, recheckMs: Math.min(MOST_WAIT_MS, Math.max(1, until.getTime() - turn.now.getTime())) }),
  begin,
  'carry-out': (turn, { index }) => carryOut(turn, index),
  'look-back': lookBack,
  settle: (turn, { index }) => settle(turn, index),
  stop: (turn, { reason, message }) => concluded(turn, { phase: 'Unknown', reason, message: `${message} ${doneOf(turn)}` }),
  verify,
  undo: (turn, { index }) => undo(turn, index),
  finish,
  rest,
};

/** Does what the decided step asks, and says what is to be written. */
export async function act<Do extends RunStep['do']>(turn: RunTurn, step: Extract<RunStep, { do: Do }>): Promise<RunOutcome> {
  return ACTS[step.do](turn, step);
}

function doneOf({ run }: RunTurn): string {
  const done = (run.status?.steps ?? []).filter(({ deed }) => deed?.result === 'Done').length;
  return `${done} of ${run.spec.steps.length} steps were done, and stay.`;
}
