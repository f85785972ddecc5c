import { PortError } from '../../domain/ports/port-error.ts';
import type { IncidentRepairs } from '../../domain/ports/incident-repairs.ts';
import type { IncidentRepair } from '../../domain/incidents/incident.ts';

/** The store is let alone for so long after it has not answered one run. */
export const SHOW_AGAIN_MS = 5_000;
const DEADLINE_MS = 2_000;

export interface ShowingOptions {
  readonly incidents: IncidentRepairs;
  readonly monotonic: () => number;
}

/** Shows runs on their incidents. A store that does not answer costs one run a moment, and holds up none of the others. */
export class Showing {
  readonly #options: ShowingOptions;
  #silentUntilMs = -Infinity;

  constructor(options: ShowingOptions) {
    this.#options = options;
  }

  /** Whether it is shown now. */
  async show(incidentId: string, repair: IncidentRepair, signal: AbortSignal): Promise<boolean> {
    const { incidents, monotonic } = this.#options;
    if (monotonic() < this.#silentUntilMs) return false;
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    try {
      await incidents.show(incidentId, repair, AbortSignal.any([signal, deadline]));
      return true;
    } catch (err) {
      signal.throwIfAborted();
      if (!(err instanceof PortError) && !deadline.aborted) throw err;
      this.#silentUntilMs = monotonic() + SHOW_AGAIN_MS;
      return false;
    }
  }
}
