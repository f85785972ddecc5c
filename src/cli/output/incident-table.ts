import type { IncidentView } from '../../domain/incidents/incident-view.ts';
import { columns, plain } from './columns.ts';

const HEAD = ['ID', 'ALERT', 'WHERE', 'STATUS', 'SEVERITY', 'OPENED', 'COUNT'] as const;

const WORKLOADS = ['deployment', 'statefulset', 'daemonset', 'job_name', 'service', 'service_name', 'pod', 'instance', 'project'];
/** So that common lines fit a terminal of 100 columns. */
const LONGEST_CELL = 24;

/** For people: a line for each incident. */
export function incidentTable(incidents: readonly IncidentView[]): string {
  return columns([HEAD, ...incidents.map(cells)]);
}

function cells(incident: IncidentView): readonly string[] {
  const { id, alertname, status, severity, opened_at: opened, occurrences, escalation } = incident;
  const count = escalation === 'none' ? `${occurrences}` : `${occurrences} ${escalation}`;
  return [id, plain(alertname, LONGEST_CELL), where(incident), status, severity, toTheSecond(opened), count];
}

function where({ labels, source }: IncidentView): string {
  const workload = WORKLOADS.map(name => labels[name]).find(value => value !== undefined && value !== '');
  const parts = [labels['namespace'], workload].filter(part => part !== undefined && part !== '');
  return parts.length === 0 ? source : plain(parts.join('/'), LONGEST_CELL);
}

/** `2026-03-29T02:00:00.000Z` as `03-29 02:00:00`: the year is in `incidents show`. */
function toTheSecond(time: string): string {
  return time.slice(5, 19).replace('T', ' ');
}
