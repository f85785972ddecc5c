import { PortError } from '../../domain/ports/port-error.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { chore } from '../chore.ts';
import { repeating } from '../repeating.ts';

export interface WebhookUpkeepDeps {
  /** Tells Telegram where our webhook is. */
  readonly register: (signal: AbortSignal) => Promise<void>;
  /** What Telegram says of it. */
  readonly look: (signal: AbortSignal) => Promise<{ readonly isOurs: boolean; readonly problem?: string }>;
  /** Told what keeps presses from coming in; undefined: nothing. */
  readonly onState: (problem: string | undefined) => void;
  readonly log: Logger;
  readonly random: () => number;
  readonly everyMs?: number;
}

const REGISTER_WITHIN_MS = 30_000;
const LOOK_WITHIN_MS = 15_000;
const EVERY_MS = 2 * 60_000;
const TAKEN = 'somebody else had set the webhook of this bot, or deleted it; it is set again. Give this bot to nobody else';

/** Registers the webhook, until Telegram knows of it, and looks now and then whether it still does and presses get through. */
export function webhookUpkeep({ register, look, onState, log, random, everyMs = EVERY_MS }: WebhookUpkeepDeps): { close(): Promise<void> } {
  let said: string | undefined;

  function see(problem: string | undefined): void {
    if (problem !== undefined && problem !== said) log.warn({ problem }, 'presses of buttons in Telegram do not come in');
    if (problem === undefined && said !== undefined) log.info({}, 'presses of buttons in Telegram come in again');
    said = problem;
    onState(problem);
  }

  /** Who runs it logs the failure. */
  async function orSaid<T>(doing: Promise<T>): Promise<T> {
    try {
      return await doing;
    } catch (err) {
      onState(err instanceof PortError ? err.message : 'the webhook could not be looked after; see the log');
      throw err;
    }
  }

  const registering = chore({
    what: 'registering the webhook with Telegram',
    withinMs: REGISTER_WITHIN_MS,
    async run(signal) {
      await orSaid(register(signal));
      onState(said);
    },
    ended: () => {},
    log,
    random,
  });
  registering.owe();

  const looking = repeating({
    what: 'looking after the webhook at Telegram',
    everyMs,
    withinMs: LOOK_WITHIN_MS,
    async turn(signal) {
      if (registering.isOwed()) return;
      const { isOurs, problem } = await orSaid(look(signal));
      see(isOurs ? problem : TAKEN);
      // Its secret may have been replaced, which cannot be read back: what Telegram cannot deliver is answered by telling it anew.
      if (!isOurs || problem !== undefined) registering.owe();
    },
    log,
    random,
  });

  return {
    async close() {
      await Promise.all([registering.close(), looking.close()]);
    },
  };
}
