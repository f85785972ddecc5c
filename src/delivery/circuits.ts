import { type AttemptEnd, attemptBegun, attemptEnded, type Circuit, CLOSED, letsThrough, putOffMs } from '../domain/delivery/circuit.ts';
import type { Work } from '../domain/ports/outbox.ts';
import type { DeliveryMetrics } from '../telemetry/delivery-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface CircuitsDeps {
  readonly metrics: Pick<DeliveryMetrics, 'open'>;
  readonly log: Logger;
  readonly random: () => number;
  readonly giveUpAfterMs: number;
}

/** Which channels can be used at all, as this replica knows: of one that cannot a single delivery at a time is tried, and the others wait. */
export interface Circuits {
  /** 0 where it may be tried now; else for how long it is put off. */
  waitMs(work: Work): number;
  begun(channel: string): void;
  ended(channel: string, end: AttemptEnd): void;
  /** When what failed just now is tried again, where the channel is at fault and not the delivery. */
  againInMs(channel: string): number | undefined;
}

export function circuits({ metrics, log, random, giveUpAfterMs }: CircuitsDeps): Circuits {
  const known = new Map<string, Circuit>();
  const of = (channel: string): Circuit => known.get(channel) ?? CLOSED;
  const wait = (circuit: Circuit): number => putOffMs(circuit, { nowMs: performance.now(), random });

  return {
    waitMs({ channel, since, takenAt }) {
      const circuit = of(channel);
      if (letsThrough(circuit, performance.now())) return 0;
      // What is to be given up has its last try whatever is known of the channel.
      return Math.max(0, Math.min(wait(circuit), since.getTime() + giveUpAfterMs - takenAt.getTime()));
    },
    begun: channel => void known.set(channel, attemptBegun(of(channel), performance.now())),
    ended(channel, end) {
      const before = of(channel);
      const after = attemptEnded(before, end, performance.now());
      known.set(channel, after);
      if (before.is === after.is) return;
      metrics.open(channel, after.is === 'open');
      if (after.is === 'open')
        log.warn({ channel, fault: end }, 'nothing gets through a channel; what waits for it is held until one does');
      else log.info({ channel }, 'a channel can be used again; what waited for it goes out');
    },
    againInMs(channel) {
      const circuit = of(channel);
      return circuit.is === 'open' ? wait(circuit) : undefined;
    },
  };
}
