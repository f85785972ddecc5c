import type { Analysis, Incident } from '../../src/domain/incidents/incident.ts';
import { incidentAt } from './incident.ts';

const AT = new Date('2026-03-29T02:00:00Z');

/** An open incident of a Sentry issue, not analysed yet. */
export function sentryIncident(changes: Partial<Incident> = {}): Incident {
  return incidentAt(AT, {
    source: 'sentry',
    name: 'TimeoutError: upstream timed out',
    severity: 'error',
    labels: { sentry_issue_id: '42', sentry_org: 'acme', namespace: 'prod', deployment: 'api' },
    annotations: { summary: 'upstream timed out' },
    ...changes,
  });
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
