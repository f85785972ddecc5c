import type { IncidentView } from '../../domain/incidents/incident-view.ts';
import { columns, hanging, plain, whole, wholeLines } from './columns.ts';
import { deliveryLines } from './delivery-lines.ts';

/** For people: everything of one incident, wrapped to the width. */
export function incidentText(incident: IncidentView, width: number): string {
  const happened = incident.timeline.map(({ at, what, who, detail }) => [at, what, `by ${plain(who)}`, whole(detail ?? '')]);
  const sections = [
    headline(incident),
    columns(facts(incident)),
    section('Labels', Object.entries(incident.labels), width),
    section('Annotations', Object.entries(incident.annotations), width),
    section('Links', Object.entries(incident.links), width),
    analysis(incident, width),
    repairs(incident, width),
    `Timeline\n${hanging(happened, width)}`,
    `Deliveries\n${deliveryLines(incident.deliveries, width)}`,
  ];
  return sections.filter(text => text !== '').join('\n');
}

function headline({ id, alertname, severity, status }: IncidentView): string {
  return `${id}  ${whole(alertname)}: ${severity}, ${status}\n`;
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
    ['occurrences', `${incident.occurrences} (${incident.firing} ${incident.firing === 1 ? 'alert' : 'alerts'} firing now)`],
    [
      'the anomaly',
      `${frequency.last_1h} in 1 h, ${frequency.last_24h} in 24 h, ${frequency.last_7d} in 7 d, ${frequency.last_30d} in 30 d`,
    ],
    ['escalation', incident.escalation],
    ...(silence === null ? [] : [['silenced', `by ${plain(silence.by)} until ${silence.ends_at} (${plain(silence.id)})`]]),
    ['anomaly key', incident.anomaly_key],
    ['fingerprint', plain(incident.fingerprint)],
  ];
}

function analysis({ analysis: found }: IncidentView, width: number): string {
  if (!found) return '';
  const by = found.asked === 'model' ? found.by : 'rules; no model was asked';
  const entries: readonly [string, string | null][] = [
    ['by', `${by}, confidence ${Math.round(found.confidence * 100)}%`],
    ['because', found.because],
    ['root cause', found.root_cause],
    ['impact', found.impact],
    ['prevention', found.prevention],
  ];
  return section('Analysis', entries, width) + fix(found.fix);
}

/** By which one decides comes first, what is done and how it stands after it. */
function repairs({ repairs: all }: IncidentView, width: number): string {
  const rows = all.map(({ approval_id: id, phase, playbook, summary, detail, by, waits_for: waitsFor, expires_at: until }) => {
    const who = by === null ? '' : ` (${plain(by)})`;
    const waits = waitsFor === null ? '' : `, waits for ${waitsFor === 'approval' ? 'an approval' : 'a person'}`;
    // A summary of several steps is made of sentences.
    const what = summary.replace(/\.$/, '');
    return [id, `${phase}${who}`, plain(playbook), whole(`${what}: ${detail}${waits}${until === null ? '' : ` until ${until}`}`)];
  });
  return rows.length === 0 ? '' : `Repairs\n${hanging(rows, width)}`;
}

/** Each command on a line of its own and whole, to be copied. */
function fix(text: string): string {
  const lines = wholeLines(text).filter(line => line !== '');
  return lines.length === 0 ? '' : `  fix\n${lines.map(line => `    ${line}\n`).join('')}`;
}

/** What there is nothing of is left out. */
function section(title: string, entries: readonly (readonly [string, string | null])[], width: number): string {
  const rows = entries.flatMap(([name, value]) => (value === null || value === '' ? [] : [[plain(name), whole(value)]]));
  return rows.length === 0 ? '' : `${title}\n${hanging(rows, width)}`;
}
