import type { AlertIntake } from '../../domain/ports/alert-intake.ts';

/** When something last came, in a variable. */
export function memoryAlertIntake(): AlertIntake {
  let last: Date | undefined;
  return {
    touch: async at => {
      last = at;
    },
    lastReceived: async () => last,
  };
}
