import type { DeadLetterView, DeliveriesView, WaitingView } from '../../domain/incidents/incident-view.ts';
import { columns, plain } from './columns.ts';
import { when, why } from './delivery-lines.ts';

const WAITING = ['INCIDENT', 'CHANNEL', 'WAITS', 'WHY'] as const;
const DEAD = ['INCIDENT', 'CHANNEL', 'SINCE', 'GIVEN UP', 'ATTEMPTS', 'REASON'] as const;
const SHOWN_WAITING = 10;
const WHOLE = 'A reason that ends in … is whole with -o json.\n';

/** For people: how much waits, what of it waits longest, and a line for each dead letter. */
export function deliveriesText(found: DeliveriesView): string {
  const { waiting, oldest, dead, longest_waiting: longest, dead_letters: letters } = found;
  const since = oldest === null ? '' : `, the oldest since ${oldest}`;
  const tables = `${waitingTable(longest.slice(0, SHOWN_WAITING), waiting)}${deadTable(letters, dead)}`;
  return `${waiting} waiting${since}; ${dead} dead\n${tables}${tables.includes('…\n') ? `\n${WHOLE}` : ''}`;
}

function waitingTable(longest: readonly WaitingView[], waiting: number): string {
  if (longest.length === 0) return '';
  const rows = longest.map(one => [one.incident_id, one.channel, when({ ...one, state: 'pending', at: one.since }), plain(why(one))]);
  return `\n${columns([WAITING, ...rows])}${more(waiting - longest.length)}`;
}

function deadTable(letters: readonly DeadLetterView[], dead: number): string {
  if (letters.length === 0) return '';
  const rows = letters.map(one => [one.incident_id, one.channel, one.since, one.died_at, String(one.attempts), plain(one.reason)]);
  const advice = 'awoooi deliveries retry [INCIDENT] puts them back once the reason is mended.';
  return `\n${columns([DEAD, ...rows])}${more(dead - letters.length)}\n${advice}\n`;
}

function more(count: number): string {
  return count > 0 ? `and ${count} more\n` : '';
}
