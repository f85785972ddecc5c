import { isRecord } from '../text/json.ts';
import { type Fields, fieldsAt, textAt } from '../text/json-fields.ts';
import { issueMessage } from './issue-message.ts';
import { metricAlertMessage } from './metric-alert-message.ts';
import type { SentryKind, SentryRead } from './sentry-message.ts';

const ALERTS: readonly SentryKind[] = ['issue', 'error', 'event_alert', 'activity_alert', 'metric_alert'];

/** Which field of `data` tells each shape, where no header does. The first that is there counts. */
const SHAPES: readonly (readonly [field: string, about: string])[] = [
  ['metric_alert', 'metric_alert'],
  ['activity', 'activity_alert'],
  ['issue', 'issue'],
  ['error', 'error'],
  ['event', 'event_alert'],
  ['comment', 'comment'],
  ['comment_id', 'comment'],
  ['installation', 'installation'],
];

/**
 * Reads a webhook of Sentry by the header `Sentry-Hook-Resource`, in which alone the Integration Platform says what it is about, or by its
 * shape: the legacy plugin has no such header, and neither have bridges of people's own.
 */
export function readSentry(body: unknown, resource: string | undefined): SentryRead {
  if (!isRecord(body)) return { is: 'no-webhook' };
  const about = aboutOf(body, resource);
  if (about === undefined) return { is: 'no-webhook' };
  const kind = [...ALERTS, 'legacy' as const, 'flat' as const].find(each => each === about);
  if (kind === undefined) return { is: 'other', about };
  const message = kind === 'metric_alert' ? metricAlertMessage(body) : issueMessage(kind, body);
  return message ? { is: 'message', message } : { is: 'no-webhook' };
}

function aboutOf(body: Fields, resource: string | undefined): string | undefined {
  const data = fieldsAt(body, 'data');
  // No real webhook has both, so it is a bridge's, whatever header it may have copied.
  if (isRecord(data['issue']) && isRecord(data['event'])) return 'flat';
  if (resource !== undefined && resource !== '') return resource;
  const [, about] = SHAPES.find(([field]) => data[field] !== undefined && data[field] !== null) ?? [];
  if (about !== undefined) return about;
  return isLegacy(body) ? 'legacy' : undefined;
}

/** The legacy plugin has everything at the top. */
function isLegacy(body: Fields): boolean {
  return Array.isArray(body['triggering_rules']) || (textAt(body, 'project_slug') !== undefined && isRecord(body['event']));
}
