import { PortError } from '../domain/ports/port-error.ts';
import type { Logger } from '../telemetry/logger.ts';

/** What a failure is in the fields of a line: of one that a port expects its message says all, of others we want to know where. */
export function failureFields(err: unknown): { readonly fault: string; readonly problem: string } | { readonly err: unknown } {
  return err instanceof PortError ? { fault: err.fault, problem: err.message } : { err };
}

export interface Complaint {
  failed(err: unknown): void;
  succeeded(): void;
}

/** One line when something begins to fail, one when it fails for another reason, one when it is over. */
export function complaint(log: Logger, what: string): Complaint {
  let said: string | undefined;
  return {
    failed(err) {
      const why = err instanceof PortError ? err.fault : 'broke';
      if (why !== said) log.warn({ what, ...failureFields(err) }, 'what is done in the background failed; it is tried again');
      said = why;
    },
    succeeded() {
      if (said !== undefined) log.info({ what }, 'what had failed in the background is done again');
      said = undefined;
    },
  };
}
