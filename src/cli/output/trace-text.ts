import type { IncidentView, TraceEntryView, TraceView, WatchdogView } from '../../domain/incidents/incident-view.ts';
import { columns, hanging, plain, whole } from './columns.ts';
import { deliveryLines } from './delivery-lines.ts';

/** For people: what was received, the oldest first, when Watchdogs were heard, and below it each incident with its deliveries. */
export function traceText({ alert, entries, incidents, watchdogs }: TraceView, width: number): string {
  const received = entries.length === 0 ? '' : columns(entries.toReversed().map(entryCells));
  return [
    `${plain(alert)}\n${received}`,
    ...(watchdogs.length === 0 ? [] : [watchdogLines(watchdogs, width)]),
    ...incidents.map(one => incidentLines(one, width)),
  ].join('\n');
}

function watchdogLines(watchdogs: readonly WatchdogView[], width: number): string {
  return `a Watchdog, of which the newest message alone is kept\n${hanging(watchdogs.map(watchdogCells), width)}`;
}

function watchdogCells({ at, status, source, labels, ...chain }: WatchdogView): readonly string[] {
  const named = Object.entries(labels).filter(([name]) => name !== 'alertname');
  return [at, `${status} from ${source}`, chainText(chain), plain(named.map(([name, value]) => `${name}=${value}`).join(' '))];
}

function chainText({ broken_since: since, incident_id: incident }: Pick<WatchdogView, 'broken_since' | 'incident_id'>): string {
  if (since === null) return 'its chain counts as whole';
  return `its chain is broken since ${since}${incident === null ? '' : ` (${incident})`}`;
}

function entryCells({ at, source, status, replica, ...rest }: TraceEntryView): readonly string[] {
  return [at, `${status} from ${source}`, `received by ${plain(replica)}`, became(rest)];
}

function became({ outcome, incident_id: incident, detail }: Pick<TraceEntryView, 'outcome' | 'incident_id' | 'detail'>): string {
  const why = detail === null ? '' : plain(detail);
  if (outcome === 'accepted') return `accepted into ${incident ?? 'no incident'}${why === '' ? '' : `: ${why}`}`;
  if (outcome === 'ignored') return `ignored: ${why}`;
  return `deduplicated, the same as ${why}${incident === null ? '' : ` (${incident})`}`;
}

function incidentLines({ deliveries, ...incident }: IncidentView, width: number): string {
  const { id, alertname, severity, status, occurrences, opened_at: opened } = incident;
  const counted = `${occurrences} ${occurrences === 1 ? 'occurrence' : 'occurrences'}`;
  return `${id}  ${whole(alertname)}: ${severity}, ${status}, opened ${opened}, ${counted}\n${deliveryLines(deliveries, width)}`;
}
