import type { DeliveriesView } from '../../domain/incidents/incident-view.ts';
import { columns, plain } from './columns.ts';

const HEAD = ['INCIDENT', 'CHANNEL', 'SINCE', 'GIVEN UP', 'ATTEMPTS', 'REASON'] as const;

/** For people: how much waits, and a line for each dead letter. */
export function deliveriesText({ waiting, oldest, dead, dead_letters: letters }: DeliveriesView): string {
  const since = oldest === null ? '' : `, the oldest since ${oldest}`;
  const summary = `${waiting} waiting${since}; ${dead} dead\n`;
  if (letters.length === 0) return summary;
  const rows = letters.map(one => [one.incident_id, one.channel, one.since, one.died_at, String(one.attempts), plain(one.reason)]);
  const rest = letters.length < dead ? `and ${dead - letters.length} more\n` : '';
  return `${summary}\n${columns([HEAD, ...rows])}${rest}\nawoooi deliveries retry [INCIDENT] puts them back once the reason is mended.\n`;
}
