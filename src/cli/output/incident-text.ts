import type { DeliveryView, IncidentView } from '../../domain/incidents/incident-view.ts';
import { columns, plain } from './columns.ts';

const HEAD = ['ID', 'STATUS', 'SEVERITY', 'SOURCE', 'OPENED', 'COUNT', '24H', 'ESCALATION', 'ALERT'] as const;

/** For people: a line for each incident. */
export function incidentTable(incidents: readonly IncidentView[]): string {
  return columns([
    HEAD,
    ...incidents.map(one => [
      one.id,
      one.status,
      one.severity,
      one.source,
      one.opened_at,
      String(one.occurrences),
      String(one.frequency.last_24h),
      one.escalation,
      plain(one.alertname),
    ]),
  ]);
}

/** For people: everything of one incident. */
export function incidentText(incident: IncidentView): string {
  const sections = [
    headline(incident),
    columns(facts(incident)),
    section('Labels', Object.entries(incident.labels)),
    section('Annotations', Object.entries(incident.annotations)),
    section('Links', Object.entries(incident.links)),
    section('Analysis', analysis(incident)),
    `Timeline\n${indented(incident.timeline.map(({ at, what, who, detail }) => [at, what, `by ${plain(who)}`, plain(detail ?? '')]))}`,
    `Deliveries\n${deliveryLines(incident.deliveries)}`,
  ];
  return sections.filter(text => text !== '').join('\n');
}

function headline({ id, alertname, severity, status }: IncidentView): string {
  return `${id}  ${plain(alertname)}: ${severity}, ${status}\n`;
}

function facts(incident: IncidentView): readonly (readonly string[])[] {
  const { frequency, silence } = incident;
  return [
    ['source', incident.source],
    ['opened', incident.opened_at],
    ...(incident.started_at === null ? [] : [['started', incident.started_at]]),
    ...(incident.acknowledged_at === null ? [] : [['acknowledged', incident.acknowledged_at]]),
    ...(incident.resolved_at === null ? [] : [['resolved', incident.resolved_at]]),
    ['last seen', incident.last_seen],
    ['occurrences', `${incident.occurrences}, ${incident.firing} of its alerts fire`],
    [
      'the anomaly',
      `${frequency.last_1h} in 1 h, ${frequency.last_24h} in 24 h, ${frequency.last_7d} in 7 d, ${frequency.last_30d} in 30 d: ${incident.escalation}`,
    ],
    ...(silence === null ? [] : [['silenced', `by ${plain(silence.by)} until ${silence.ends_at} (${plain(silence.id)})`]]),
    ['anomaly key', incident.anomaly_key],
    ['fingerprint', plain(incident.fingerprint)],
  ];
}

function analysis({ analysis: found }: IncidentView): readonly [string, string | null][] {
  if (!found) return [];
  const by = found.asked === 'model' ? found.by : 'rules; no model was asked';
  return [
    ['by', `${by}, confidence ${Math.round(found.confidence * 100)}%`],
    ['because', found.because],
    ['root cause', found.root_cause],
    ['impact', found.impact],
    ['fix', found.fix],
    ['prevention', found.prevention],
  ];
}

/** What there is nothing of is left out. */
function section(title: string, entries: readonly (readonly [string, string | null])[]): string {
  const rows = entries.flatMap(([name, value]) => (value === null || value === '' ? [] : [[plain(name), plain(value)]]));
  return rows.length === 0 ? '' : `${title}\n${indented(rows)}`;
}

/** A line for each channel: how it stands, and the id of its message. */
export function deliveryLines(deliveries: readonly DeliveryView[]): string {
  if (deliveries.length === 0) return '  nobody is told of it\n';
  return indented(
    deliveries.map(({ channel, state, at, attempts, reason, message_id: message }) => [
      channel,
      state,
      at,
      message === null ? '' : `message ${plain(message)}`,
      [attempts > 0 ? `${attempts} failed` : '', plain(reason ?? '')].filter(text => text !== '').join(': '),
    ]),
  );
}

function indented(rows: readonly (readonly string[])[]): string {
  return columns(rows).replaceAll(/^(?=.)/gm, '  ');
}
