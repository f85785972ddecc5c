import type { ApiSession, CliDeps, SurveySession } from '../deps.ts';
import type { Draft } from './draft.ts';
import { notesOn, wholeLines } from './pods.ts';

/** An operator that runs outside of a pod: its other port, and the file that its log goes to. */
export interface OutsideFlags {
  readonly opsUrl?: string;
  readonly logFile?: string;
}

export async function collectOutside(draft: Draft, session: SurveySession, { opsUrl, logFile }: OutsideFlags): Promise<void> {
  if (opsUrl !== undefined) {
    const base = opsUrl.replace(/\/+$/, '');
    const metrics = await draft.attempt('metrics: --ops-url', signal => session.page(`${base}/metrics`, signal));
    if (metrics) draft.text('metrics/ops-url.prom', wholeLines(metrics), notesOn(metrics));
    const ready = await draft.attempt('readiness: --ops-url', signal => session.page(`${base}/readyz`, signal));
    if (ready) draft.text('readiness/ops-url.json', wholeLines(ready), notesOn(ready));
  }
  if (logFile !== undefined) {
    const log = await draft.attempt('logs: --log-file', () => session.fileEnd(logFile));
    if (log) draft.text('logs/log-file.log', wholeLines(log), notesOn(log));
  }
}

const MOST_COUNTED = 1000;

/** What the API says of itself. Of incidents the numbers alone: what an alert says is the customer's. */
export async function collectApi(draft: Draft, session: SurveySession, deps: CliDeps): Promise<void> {
  if ((deps.env['AWOOOI_API_BASE'] ?? '').trim() === '') return;
  const opened = deps.openApi();
  if (!opened.ok) return draft.short('api', opened.problems.join('; '));
  const api = opened.value;
  try {
    const health = await draft.attempt('api: health', signal => session.page(`${api.apiBase}/api/v1/health`, signal));
    if (health) draft.text('api/health.json', wholeLines(health), notesOn(health));
    const deliveries = await draft.attempt('api: deliveries', signal => api.incidents.deliveries(signal));
    if (deliveries) draft.json('api/deliveries.json', deliveries);
    await collectCounts(draft, api);
  } finally {
    await api.close();
  }
}

async function collectCounts(draft: Draft, { incidents }: ApiSession): Promise<void> {
  const counts: Record<string, unknown> = {};
  for (const status of ['open', 'acknowledged'] as const) {
    const found = await draft.attempt('api: incidents', signal => incidents.list({ status, limit: MOST_COUNTED }, signal));
    if (!found) return;
    counts[status] = found.more ? `more than ${found.incidents.length}` : found.incidents.length;
  }
  draft.json('api/incidents.json', counts);
}
