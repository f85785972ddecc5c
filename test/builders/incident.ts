import type { Incident } from '../../src/domain/incidents/incident.ts';

/** An open warning of Alertmanager of which nobody was told yet, opened just now, unless told otherwise. */
export function incidentAt(openedAt: Date, over: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-07-abcdefghijklm',
    fingerprint: 'b2c4d5e6f7a80910',
    anomalyKey: 'v1-7000000000000000',
    source: 'alertmanager',
    name: 'HighLatency',
    severity: 'warning',
    status: 'open',
    revision: 1,
    openedAt,
    updatedAt: openedAt,
    firstSeen: openedAt,
    lastSeen: openedAt,
    occurrences: 1,
    frequency: { last1h: 1, last24h: 2, last7d: 3, last30d: 4 },
    firing: 1,
    labels: { alertname: 'HighLatency', namespace: 'shop' },
    annotations: { summary: 'p99 is over 2 s' },
    links: {},
    repairs: [],
    timeline: [{ at: openedAt, what: 'opened', who: over.source ?? 'alertmanager' }],
    deliveries: [],
    ...over,
  };
}
