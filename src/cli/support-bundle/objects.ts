import type { SurveyedKind } from '../../domain/ports/cluster-survey.ts';
import { listAt } from '../../domain/support/environment.ts';
import { type Fields, fieldsAt, textAt } from '../../domain/text/json-fields.ts';
import { columns } from '../output/columns.ts';
import { asList, listedIn, nameOf, placesOf, type Surveying } from './survey.ts';

const OURS = ['alertchainprobes', 'signozalertrules', 'repairplaybooks', 'repairruns'] as const satisfies readonly SurveyedKind[];

/** Our objects whole, their conditions as a table, and the Events about them. */
export async function collectObjects(surveying: Surveying): Promise<void> {
  const { draft, scope } = surveying;
  const all: Fields[] = [];
  for (const kind of OURS) {
    const found = await listedIn(surveying, { part: `objects: ${kind}`, kind, places: placesOf(scope) });
    if (!found) continue;
    draft.json(`objects/${kind}.json`, asList(found.items), found.notes);
    all.push(...found.items);
  }
  if (all.length > 0) draft.text('conditions.txt', conditionTable(all));
  const about = { fieldSelector: 'involvedObject.apiVersion=awoooi.io/v1alpha1' };
  const places = placesOf(scope).map(place => ({ ...place, ...about }));
  const events = await listedIn(surveying, { part: 'events: of the objects', kind: 'events', places });
  if (events) draft.json('events/objects.json', asList(events.items.toSorted(byTime)), events.notes);
}

const HEAD = ['KIND', 'NAMESPACE', 'NAME', 'TYPE', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'];

/** A line for each condition; of an object without any, one that says so. */
function conditionTable(objects: readonly Fields[]): string {
  const rows = objects.flatMap(object => {
    const { namespace, name } = nameOf(object);
    const who = [textAt(object, 'kind') ?? '', namespace, name];
    const conditions = listAt(fieldsAt(object, 'status'), 'conditions');
    if (conditions.length === 0) return [[...who, '-', '-', '-', '-', 'it has no conditions: no operator has looked at it']];
    return conditions.map(condition => [...who, ...CELLS.map(cell => oneLine(textAt(condition, cell)))]);
  });
  return columns([HEAD, ...rows]);
}

const CELLS = ['type', 'status', 'lastTransitionTime', 'reason', 'message'] as const;

function oneLine(text = '-'): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ');
}

export function byTime(a: Fields, b: Fields): number {
  const [left = '', right = ''] = [a, b].map(timeOf);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Of an Event when it was last seen: each kind of recorder has a field of its own for it. */
function timeOf(event: Fields): string {
  const again = textAt(fieldsAt(event, 'series'), 'lastObservedTime');
  return again ?? textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? '';
}
