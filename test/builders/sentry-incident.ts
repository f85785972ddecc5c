import type { Analysis, Incident } from '../../src/domain/incidents/incident.ts';

const AT = new Date('2026-03-29T02:00:00Z');

/** An open incident of a Sentry issue, not analysed yet. */
export function sentryIncident(changes: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-07-abcdefghijklm',
    fingerprint: 'b2c4d5e6f7a80910',
    anomalyKey: 'v1-7000000000000000',
    source: 'sentry',
    name: 'TimeoutError: upstream timed out',
    severity: 'error',
    status: 'open',
    revision: 1,
    openedAt: AT,
    updatedAt: AT,
    firstSeen: AT,
    lastSeen: AT,
    occurrences: 1,
    frequency: { last1h: 1, last24h: 2, last7d: 3, last30d: 4 },
    firing: 1,
    labels: { sentry_issue_id: '42', sentry_org: 'acme', namespace: 'prod', deployment: 'api' },
    annotations: { summary: 'upstream timed out' },
    links: {},
    timeline: [{ at: AT, what: 'opened', who: 'sentry' }],
    deliveries: [],
    ...changes,
  };
}

export function modelAnalysis(changes: Partial<Analysis> = {}): Analysis {
  return {
    by: 'gpt-9',
    asked: 'model',
    rootCause: 'The pool of connections is exhausted.',
    impact: 'Orders cannot be created.',
    fix: 'kubectl -n prod rollout restart deployment/api',
    prevention: 'Alert on the use of the pool.',
    confidence: 0.85,
    at: AT,
    ...changes,
  };
}
