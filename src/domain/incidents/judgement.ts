import type { Severity } from '../alerts/alert.ts';
import { SEVERITIES } from '../alerts/alert.ts';
import type { Ingest } from '../ports/incident-store.ts';
import type { IncidentStatus } from './incident.ts';

/** How an alert stood after its last message that counted. */
export interface Standing {
  readonly status: 'firing' | 'resolved';
  /** Milliseconds. */
  readonly startsAt?: number;
  readonly token: string;
}

/** What is remembered of one alert and its anomaly when its next message comes. */
export interface Memory {
  readonly standing?: Standing;
  /** When the occurrence that the message names was counted. */
  readonly countedAt?: number;
  /** When the occurrence by which it stands was counted, where that one had no token. */
  readonly unnamedAt?: number;
  /** The same request came within a day, and belonged to this incident. */
  readonly request?: { readonly incidentId: string };
  /** The newest of the anomaly. */
  readonly incident?: {
    readonly id: string;
    readonly status: IncidentStatus;
    readonly resolvedAt?: number;
    readonly severity: Severity;
    readonly firing: number;
  };
}

export type Judgement =
  /** `names`: the occurrence that was counted without a token has the token of this message from now on. */
  | { readonly is: 'same'; readonly as: SameAs; readonly incidentId?: string; readonly at?: number; readonly names?: true }
  | { readonly is: 'unknown' }
  | {
      readonly is: 'occurrence';
      readonly makes: 'opened' | 'reopened' | 'aggregated';
      readonly firing: number;
      readonly severity: Severity;
      readonly worse: boolean;
    }
  | { readonly is: 'resolution'; readonly firing: number; readonly ends: 'nothing' | 'incident' | 'once-settled' };

/** `at` is, in this order: none, when it was counted, none, when the newer firing began, none. */
export type SameAs = 'request' | 'occurrence' | 'firing' | 'newer' | 'resolution';

export interface JudgedAt {
  /** Milliseconds. */
  readonly now: number;
  readonly reopenWithinMs: number;
}

/** For so long the first message with a token is about the occurrence that was counted without one (docs/adr/0012). */
export const NAMED_WITHIN_MS = 300_000;
/** What an occurrence without a token is remembered by begins with it. */
export const UNNAMED = '~';

/**
 * What one message about an alert means, given what is remembered. The script of the Redis store says the same in Lua; a test holds the two
 * together. Senders repeat, retry and run in pairs: whatever tells nothing new is the same as something.
 */
export function judge({ alert, settleMs }: Ingest, memory: Memory, at: JudgedAt): Judgement {
  if (memory.request) return same('request', memory.request.incidentId);
  return alert.status === 'firing' ? judgeFiring(alert, memory, at) : judgeResolved({ alert, settleMs }, memory, at);
}

function judgeFiring(alert: Ingest['alert'], memory: Memory, at: JudgedAt): Judgement {
  const { standing, countedAt } = memory;
  const id = memory.incident?.id;
  const token = tokenOf(alert);
  // Forgotten by age while its alert still fires: it is known of only if it opens anew.
  if (standing?.status === 'firing' && !memory.incident) return occurrence(alert, memory, at);
  // Also a retry of the firing that arrives after its resolution.
  if (countedAt !== undefined) return same('occurrence', id, countedAt);
  if (token !== undefined && standing?.token === token) return same('occurrence', id);
  if (standing?.status !== 'firing') return occurrence(alert, memory, at);
  if (token === undefined) return same('firing', id);
  if (names(memory, at)) return { ...same('firing', id), names: true };
  // Two Prometheus behind one pair of Alertmanagers begin at different times; the newer one was counted.
  return older(alert, standing, at) ? same('newer', id, standing.startsAt) : occurrence(alert, memory, at);
}

/** Sentry tells of the first event of an issue twice: as an issue that was created, which names no event, and as an alert on that event. */
function names({ unnamedAt, incident }: Memory, { now }: JudgedAt): boolean {
  return unnamedAt !== undefined && now - unnamedAt <= NAMED_WITHIN_MS && incident !== undefined && incident.status !== 'resolved';
}

function occurrence({ severity }: Ingest['alert'], { standing, incident }: Memory, { now, reopenWithinMs }: JudgedAt): Judgement {
  if (!incident || (incident.status === 'resolved' && now - (incident.resolvedAt ?? now) > reopenWithinMs)) {
    return { is: 'occurrence', makes: 'opened', firing: 1, severity, worse: false };
  }
  const worse = SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(incident.severity);
  return {
    is: 'occurrence',
    makes: incident.status === 'resolved' ? 'reopened' : 'aggregated',
    firing: incident.firing + (standing?.status === 'firing' ? 0 : 1),
    severity: worse ? severity : incident.severity,
    worse,
  };
}

function judgeResolved({ alert, settleMs }: Pick<Ingest, 'alert' | 'settleMs'>, { standing, incident }: Memory, at: JudgedAt): Judgement {
  if (!standing || !incident) return { is: 'unknown' };
  if (standing.status === 'resolved') return same('resolution', incident.id);
  if (older(alert, standing, at) && !endsNewer(alert, standing)) return same('newer', incident.id, standing.startsAt);
  const firing = Math.max(0, incident.firing - 1);
  if (firing > 0 || incident.status === 'resolved') return { is: 'resolution', firing, ends: 'nothing' };
  return { is: 'resolution', firing, ends: settleMs === 0 ? 'incident' : 'once-settled' };
}

/** Tells one firing of an alert from the next; undefined where the sender says nothing of that kind. */
export function tokenOf({ occurrence, startsAt }: Ingest['alert']): string | undefined {
  return occurrence ?? startsAt?.getTime().toString();
}

/** A start that lies in the future is a mistake of its sender, than which all that comes after would be older. */
function older({ startsAt }: Ingest['alert'], { startsAt: began = Infinity }: Standing, { now }: JudgedAt): boolean {
  return startsAt !== undefined && began <= now && startsAt.getTime() < began;
}

/**
 * The end of an older firing lies before the newer one began. What ended later is the same firing: of two Alertmanagers each may have
 * another start for it, and one alone tells the end.
 */
function endsNewer({ endsAt }: Ingest['alert'], { startsAt: began = Infinity }: Standing): boolean {
  return endsAt !== undefined && endsAt.getTime() >= began;
}

function same(as: SameAs, incidentId?: string, at?: number): Extract<Judgement, { is: 'same' }> {
  return { is: 'same', as, ...(incidentId !== undefined && { incidentId }), ...(at !== undefined && { at }) };
}
