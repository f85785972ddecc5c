import type { Alert } from '../alerts/alert.ts';
import type { Frequency, Incident, TimelineEntry } from './incident.ts';
import type { Judgement } from './judgement.ts';
import { DAY_MS, HOUR_MS, MONTH_MS, TIMELINE, WEEK_MS } from './windows.ts';

/** Why an incident is no longer acknowledged. */
export const TURNED_CRITICAL = 'it turned critical';

type Occurrence = Extract<Judgement, { is: 'occurrence' }>;
type Resolution = Extract<Judgement, { is: 'resolution' }>;

export interface Occurred {
  readonly alert: Alert;
  readonly now: Date;
  readonly frequency: Frequency;
}

/** From the times of all occurrences of the anomaly, the newest of which is now. */
export function frequencyOf(times: readonly number[], now: number): Frequency {
  const within = (ms: number): number => times.filter(time => time >= now - ms).length;
  return { last1h: within(HOUR_MS), last24h: within(DAY_MS), last7d: within(WEEK_MS), last30d: within(MONTH_MS) };
}

export function opened(of: { readonly id: string; readonly firstSeen: Date }, { alert, now, frequency }: Occurred): Incident {
  return {
    ...of,
    anomalyKey: alert.anomalyKey,
    source: alert.source,
    severity: alert.severity,
    status: 'open',
    revision: 1,
    openedAt: now,
    occurrences: 1,
    firing: 1,
    ...newest({ alert, now, frequency }),
    repairs: [],
    timeline: [{ at: now, what: 'opened', who: alert.source }],
    deliveries: [],
  };
}

/** The incident with one occurrence more. */
export function occurred(incident: Incident, { makes, firing, severity, worse }: Occurrence, of: Occurred): Incident {
  const { startedAt: _, quietSince: _q, endedAt, ...before } = incident;
  const counted: Incident = {
    ...before,
    ...(endedAt && incident.firing > 0 && { endedAt }),
    severity,
    firing,
    revision: incident.revision + 1,
    occurrences: incident.occurrences + 1,
    ...newest(of),
  };
  const { resolvedAt: _r, acknowledgedAt: _a, ...open } = { ...counted, status: 'open' as const };
  const who = of.alert.source;
  if (makes === 'reopened') return happened(open, { at: of.now, what: 'reopened', who });
  if (!outgrew(incident, { severity, worse })) return counted;
  return happened(open, { at: of.now, what: 'unacknowledged', who, detail: TURNED_CRITICAL });
}

/** Whoever acknowledged it had something less in mind: somebody has to say again that they are at it. */
function outgrew({ status }: Incident, { severity, worse }: Pick<Occurrence, 'severity' | 'worse'>): boolean {
  return worse && severity === 'critical' && status === 'acknowledged';
}

interface Ended {
  /** By the sender's word. */
  readonly endsAt?: Date | undefined;
  readonly now: Date;
}

/** The incident after one of its alerts resolved. */
export function settled(incident: Incident, { firing, ends }: Resolution, { now, endsAt = now }: Ended): Incident {
  const ended = Math.max(incident.endedAt?.getTime() ?? 0, Math.min(endsAt.getTime(), now.getTime()));
  const fewer: Incident = {
    ...incident,
    firing,
    endedAt: new Date(ended),
    revision: incident.revision + 1,
    updatedAt: now,
    ...(firing === 0 && { quietSince: now }),
  };
  if (ends !== 'incident') return fewer;
  return happened({ ...fewer, status: 'resolved', resolvedAt: now }, { at: now, what: 'resolved', who: incident.source });
}

export function happened(incident: Incident, entry: TimelineEntry): Incident {
  const [opening, ...later] = [...incident.timeline, entry];
  return { ...incident, timeline: [...(opening ? [opening] : []), ...later.slice(1 - TIMELINE)] };
}

function newest({ alert: { name, fingerprint, labels, annotations, links, startsAt }, now, frequency }: Occurred) {
  const started = startsAt && { startedAt: startsAt };
  return { name, fingerprint, labels, annotations, links, frequency, lastSeen: now, updatedAt: now, ...started };
}
