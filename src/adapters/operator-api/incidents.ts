import type { IncidentView } from '../../domain/incidents/incident-view.ts';
import type { IncidentApi, IncidentFilter } from '../../domain/ports/incident-api.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { DeliveriesAnswer, IncidentAnswer, PageAnswer, RetryAnswer, TraceAnswer } from './incident-schema.ts';
import { type ApiCall, apiCall, type OperatorApi } from './operator-api.ts';

const CALL_MS = 15_000;
/** The API gives no longer pages. */
const PAGE = 200;
const TOO_OLD = 'this operator has no incidents: bring it up to date, or set AWOOOI_API_BASE to the one that has';
const NOT_THE_API = "this is not the operator's API (its ops port, or a version before incidents)";
/** How the API begins to say so. */
const MISSING = 'there is no incident';

/** Incidents by way of an operator's API. Every call may be repeated. */
export function operatorIncidents(api: OperatorApi): IncidentApi {
  const get = async <T>(path: string, answer: ApiCall<T>['answer'], signal: AbortSignal) =>
    apiCall(api, { method: 'GET', path, answer, deadlineMs: CALL_MS }, signal).catch((err: unknown) => elsewhere(err));
  const post = async <T>(path: string, of: { answer: ApiCall<T>['answer']; body?: unknown }, signal: AbortSignal) =>
    apiCall(api, { method: 'POST', path, ...of, deadlineMs: CALL_MS }, signal);
  const change = (id: string, what: 'acknowledge' | 'resolve', signal: AbortSignal): Promise<IncidentView | undefined> =>
    post(`${one(id)}/${what}`, { answer: IncidentAnswer }, signal).catch((err: unknown) => unlessMissing(err));

  return {
    async list(filter, signal) {
      const incidents: IncidentView[] = [];
      let next: string | null | undefined;
      do {
        const query = queryOf(filter, filter.limit - incidents.length, next);
        const page = expected(await get(`/api/v1/incidents?${query}`, PageAnswer, signal));
        incidents.push(...page.incidents);
        next = page.next;
      } while (next !== null && incidents.length < filter.limit);
      return { incidents, more: next !== null };
    },
    find: (id, signal) => get(one(id), IncidentAnswer, signal),
    acknowledge: (id, signal) => change(id, 'acknowledge', signal),
    resolve: (id, signal) => change(id, 'resolve', signal),
    trace: async (alert, signal) => expected(await get(`/api/v1/traces/${encodeURIComponent(alert)}`, TraceAnswer, signal)),
    deliveries: async signal => expected(await get('/api/v1/deliveries', DeliveriesAnswer, signal)),
    async retry(incidentId, signal) {
      const body = incidentId === undefined ? {} : { incident_id: incidentId };
      const retried = await post('/api/v1/deliveries/retry', { answer: RetryAnswer, body }, signal).catch((err: unknown) => elsewhere(err));
      return expected(retried).retried;
    },
  };
}

function one(id: string): string {
  return `/api/v1/incidents/${encodeURIComponent(id)}`;
}

function queryOf({ status, source, severity, alertname }: IncidentFilter, limit: number, cursor: string | null | undefined): string {
  const query = new URLSearchParams({ limit: String(Math.min(limit, PAGE)) });
  const given = { status, source, severity, alertname, cursor };
  for (const [name, value] of Object.entries(given)) if (typeof value === 'string') query.set(name, value);
  return query.toString();
}

/** The 404 of a path that every operator with incidents has. */
function expected<T>(answer: T | undefined): T {
  if (answer === undefined) throw new PortError('unsupported', TOO_OLD);
  return answer;
}

function unlessMissing(err: unknown): undefined {
  if (err instanceof PortError && err.statusCode === 404 && err.message.includes(MISSING)) return undefined;
  return elsewhere(err);
}

/** A 404 that is none of ours. */
function elsewhere(err: unknown): never {
  if (err instanceof PortError && err.statusCode === 404) throw new PortError('unsupported', NOT_THE_API, { cause: err });
  throw err;
}
