import type { Fault } from '../ports/port-error.ts';

/** What is known of a channel as a whole. Times are of a clock that is never set. */
export type Circuit =
  | { readonly is: 'closed'; readonly failures: number }
  | {
      readonly is: 'open';
      readonly sinceMs: number;
      readonly failedProbes: number;
      /** From then on one delivery may be tried. */
      readonly probeAtMs: number;
      /** Whether that one is under way. */
      readonly probing: boolean;
    };

/** How an attempt ended: with what the channel did, its fault, or because something else broke. */
export type AttemptEnd = 'delivered' | 'skipped' | 'postponed' | 'broke' | Fault;

export const CLOSED: Circuit = { is: 'closed', failures: 0 };

/** In a row: a single reset connection is no outage. */
const OPENS_AFTER = 5;
const SHORTEST_MS = 1_000;
const LONGEST_BETWEEN_PROBES_MS = 30_000;
/** A probe that has not ended by then is taken for lost. */
const PROBE_WITHIN_MS = 30_000;
const LONGEST_WAIT_MS = 30_000;

/** These say nothing of one incident or chat: whatever else is brought there fails as well. */
const OF_THE_WHOLE: ReadonlySet<AttemptEnd> = new Set<Fault>(['unreachable', 'unavailable', 'unauthorized']);
/** Nothing was asked of the other side, or nothing is known of its answer. */
const SAYS_NOTHING: ReadonlySet<AttemptEnd> = new Set<AttemptEnd>(['skipped', 'postponed', 'broke', 'malformed']);

/** Whether something may be tried now. */
export function letsThrough(circuit: Circuit, nowMs: number): boolean {
  return circuit.is === 'closed' || nowMs >= circuit.probeAtMs;
}

/** An attempt begins: of an open circuit it is the only one until it has ended. */
export function attemptBegun(circuit: Circuit, nowMs: number): Circuit {
  return circuit.is === 'closed' ? circuit : { ...circuit, probing: true, probeAtMs: nowMs + PROBE_WITHIN_MS };
}

export function attemptEnded(circuit: Circuit, end: AttemptEnd, nowMs: number): Circuit {
  if (OF_THE_WHOLE.has(end)) return circuit.is === 'closed' ? failedOnce(circuit.failures + 1, nowMs) : failedProbe(circuit, nowMs);
  if (!SAYS_NOTHING.has(end)) return CLOSED;
  if (circuit.is === 'closed') return circuit;
  const wasted = end === 'broke' || end === 'malformed';
  return { ...circuit, probing: false, probeAtMs: wasted ? nowMs + betweenProbesMs(circuit.failedProbes) : nowMs };
}

function failedOnce(failures: number, nowMs: number): Circuit {
  if (failures < OPENS_AFTER) return { is: 'closed', failures };
  return { is: 'open', sinceMs: nowMs, failedProbes: 0, probeAtMs: nowMs + betweenProbesMs(0), probing: false };
}

/** What began before it opened fails as well, and is no probe. */
function failedProbe(circuit: Extract<Circuit, { is: 'open' }>, nowMs: number): Circuit {
  if (!circuit.probing) return circuit;
  const failedProbes = circuit.failedProbes + 1;
  return { ...circuit, failedProbes, probing: false, probeAtMs: nowMs + betweenProbesMs(failedProbes) };
}

function betweenProbesMs(failedProbes: number): number {
  return Math.min(LONGEST_BETWEEN_PROBES_MS, SHORTEST_MS * 2 ** failedProbes);
}

/** For how long what waits is put off: no longer than the channel has been away already, so that after a short outage nothing comes late. */
export function putOffMs(circuit: Circuit, { nowMs, random }: { readonly nowMs: number; readonly random: () => number }): number {
  const openForMs = circuit.is === 'open' ? nowMs - circuit.sinceMs : 0;
  return Math.round(Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_MS, openForMs)) * (0.5 + random() / 2));
}
