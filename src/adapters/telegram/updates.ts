import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { pressIn } from '../../domain/cards/press-in-update.ts';
import type { Press } from '../../domain/ports/cards.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { type OwnBot, type OwnBotOptions, ownBot } from './own-bot.ts';

export interface PollOptions extends Omit<OwnBotOptions, 'deadlineMs'> {
  /** Resolves once the press is handled: only then Telegram is told that it came. */
  readonly onPress: (press: Press, signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  /** Told after each answer of Telegram: undefined for a good one, else what is wrong. */
  readonly onState?: (problem: string | undefined) => void;
  /** How long Telegram holds a question open; 25 s. */
  readonly holdSeconds?: number;
  /** Pauses are multiplied by it; 1. */
  readonly pace?: number;
}

/** Beyond the time that Telegram holds the question open. */
const GRACE_MS = 10_000;
const MOST_UPDATES = 50;
/** At least 3 s between two pollers of one bot, or they throw each other out for ever. */
const PAUSES = { conflict: 5_000, unauthorized: 60_000, other: 3_000 } as const;

const ALLOWED = ['callback_query'] as const;
const Update = z.looseObject({ update_id: z.int() });

/** Asks for presses of buttons until the signal aborts. Of one bot only one may ask at a time: the leader. */
export async function pollUpdates(options: PollOptions, signal: AbortSignal): Promise<void> {
  const { onPress, onState, logger, holdSeconds = 25, pace = 1 } = options;
  const bot = ownBot({ ...options, deadlineMs: holdSeconds * 1000 + GRACE_MS });
  let offset = 0;
  let said: string | undefined;

  const report = (problem: string | undefined): void => {
    if (problem !== said && problem !== undefined) logger.warn({ problem }, 'presses of buttons in Telegram do not come in');
    if (problem === undefined && said !== undefined) logger.info({}, 'presses of buttons in Telegram come in again');
    said = problem;
    onState?.(problem);
  };

  /** One after the other, and each confirmed only after it was handled: what fails comes again. */
  const handle = async ({ update_id: id, ...update }: z.infer<typeof Update>): Promise<void> => {
    const press = pressIn(update);
    if (press) await onPress(press, signal);
    offset = id + 1;
  };

  /** What fails in handling says nothing of how presses come in. */
  const turn = async (): Promise<void> => {
    const updates = await asked(bot, { offset, holdSeconds }, signal).catch((err: unknown) => {
      if (!signal.aborted) report(problemOf(err));
      throw err;
    });
    report(undefined);
    for (const update of updates) await handle(update);
  };

  while (!signal.aborted) {
    await turn().catch((err: unknown) => pause(pauseAfter(err) * pace, undefined, { signal }).catch(() => {}));
  }
}

async function asked(bot: OwnBot, { offset, holdSeconds }: { offset: number; holdSeconds: number }, signal: AbortSignal) {
  const params = { offset, limit: MOST_UPDATES, timeout: holdSeconds, allowed_updates: ALLOWED };
  return bot.done({ method: 'getUpdates', perform: (api, within) => api.getUpdates(params, within), result: z.array(Update) }, signal);
}

function problemOf(err: unknown): string {
  const message = err instanceof Error ? err.message : String(err);
  return isConflict(err) ? `${message}; give this bot to nobody else, or set TG_UPDATES` : message;
}

function pauseAfter(err: unknown): number {
  if (!(err instanceof PortError)) return PAUSES.other;
  if (isConflict(err)) return PAUSES.conflict;
  return err.fault === 'unauthorized' ? PAUSES.unauthorized : (err.retryAfterMs ?? PAUSES.other);
}

function isConflict(err: unknown): boolean {
  return err instanceof PortError && err.statusCode === 409;
}
