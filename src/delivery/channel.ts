import type { Incident } from '../domain/incidents/incident.ts';
import type { Work } from '../domain/ports/outbox.ts';

/** What a channel is given: the incident as it is now, and what it remembered. */
export interface Job {
  readonly incident: Incident;
  readonly work: Work;
  /** Kept durably before an effect, so that a second attempt does the same. */
  remember(memo: Readonly<Record<string, string>>): Promise<void>;
}

export type Delivered =
  /** `revision` where the delivery itself changed the incident and nothing else did meanwhile: of that change it need not be told. */
  | { readonly is: 'delivered'; readonly memo: Readonly<Record<string, string>>; readonly revision?: number }
  | { readonly is: 'skipped'; readonly reason: string; readonly memo?: Readonly<Record<string, string>>; readonly revision?: number }
  | Postponed;

/** `anew`: nothing is overdue until then, and what failed before is forgotten. */
export interface Postponed {
  readonly is: 'postponed';
  readonly afterMs: number;
  readonly memo?: Readonly<Record<string, string>>;
  readonly anew?: boolean;
}

/** Brings one receiver up to date with an incident. Throws PortError: tried again later with backoff, or after its `retryAfterMs`. */
export interface DeliveryChannel {
  readonly name: string;
  /** What is put out behind it for the same incident waits for it, though not longer: it then tells what this one has found out. */
  readonly waitedForMs?: number;
  deliver(job: Job, signal: AbortSignal): Promise<Delivered>;
}
