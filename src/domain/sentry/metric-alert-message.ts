import { alertTime } from '../alerts/alert-time.ts';
import { type Fields, fieldsAt, firstText, textAt } from '../text/json-fields.ts';
import { withoutAbsent } from './issue-message.ts';
import { placeIn } from './place.ts';
import type { SentryMessage } from './sentry-message.ts';

/** `status` of a metric alert that is critical (sentry incidents/models, IncidentStatus). */
const CRITICAL_STATUS = '20';

/** A webhook about a metric alert; undefined where it names none. */
export function metricAlertMessage(body: Fields): SentryMessage | undefined {
  const data = fieldsAt(body, 'data');
  const alert = fieldsAt(data, 'metric_alert');
  const rule = fieldsAt(alert, 'alert_rule');
  const id = textAt(alert, 'id') ?? textAt(alert, 'identifier');
  const title = firstText([alert], 'title') ?? textAt(data, 'description_title') ?? textAt(rule, 'name');
  if (id === undefined && title === undefined) return undefined;
  const action = textAt(body, 'action')?.toLowerCase() ?? 'open';
  const { org } = placeIn([data], { issue: {}, top: {} });
  return withoutAbsent({
    kind: 'metric_alert',
    action,
    id,
    title: title ?? `Sentry metric alert ${id}`,
    level: levelOf(action, alert),
    description: textAt(data, 'description_text') ?? textAt(data, 'description_title'),
    org,
    project: firstOf(alert['projects']) ?? firstOf(rule['projects']),
    rule: textAt(rule, 'name'),
    ruleId: textAt(rule, 'id'),
    startedAt: alertTime(alert['date_started']) ?? alertTime(alert['date_detected']),
    url: textAt(data, 'web_url'),
    environment: textAt(rule, 'environment'),
    tags: {},
  });
}

/** The action is how bad it is. */
function levelOf(action: string, alert: Fields): string {
  if (action === 'critical' || action === 'warning') return action;
  return textAt(alert, 'status') === CRITICAL_STATUS ? 'critical' : 'warning';
}

function firstOf(list: unknown): string | undefined {
  return Array.isArray(list) ? textAt({ first: list[0] }, 'first') : undefined;
}
