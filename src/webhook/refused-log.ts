import type { PortError } from '../domain/ports/port-error.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Says that requests are refused for something that we need and that is away. */
export type RefusedLog = (why: PortError) => void;

const EVERY_MS = 10_000;

/**
 * The first of them is logged at once and then one line every ten seconds, with how many there were: in a storm of alerts each of them is
 * refused, for the same reason. Without the stack, which would tell of ourselves.
 */
export function refusedLog(log: Pick<Logger, 'warn'>, monotonicMs: () => number): RefusedLog {
  let saidAt = Number.NEGATIVE_INFINITY;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let requests = 0;
  return ({ fault, message }) => {
    const at = monotonicMs();
    // Those of an outage that is long over are none of this one.
    if (at - refusedAt >= EVERY_MS) requests = 0;
    refusedAt = at;
    requests += 1;
    if (at - saidAt < EVERY_MS) return;
    log.warn(
      { fault, problem: message, requests },
      'requests are refused because something we need is away; their senders have to come again',
    );
    saidAt = at;
    requests = 0;
  };
}
