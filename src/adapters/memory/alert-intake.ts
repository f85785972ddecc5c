import type { AlertIntake, ReceivedAlert } from '../../domain/ports/alert-intake.ts';

/** Alerts kept in an array that a test can read. */
export function memoryAlertIntake(): AlertIntake & { readonly received: readonly ReceivedAlert[] } {
  const received: ReceivedAlert[] = [];
  let last: Date | undefined;
  return {
    received,
    append: async alerts => void received.push(...alerts),
    touch: async at => {
      last = at;
    },
    lastReceived: async () => last,
  };
}
