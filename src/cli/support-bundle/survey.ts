import type { ClusterSurvey, SurveyedKind, SurveyedPlace } from '../../domain/ports/cluster-survey.ts';
import type { Fields } from '../../domain/text/json-fields.ts';
import type { Draft } from './draft.ts';

/** Of whom a bundle is made. */
export interface Scope {
  /** Of our objects; undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  readonly operatorNamespace: string;
  /** Finds the operator's Deployment, pods and what belongs to them. */
  readonly selector: string;
  readonly sinceSeconds: number;
}

export interface Surveying {
  readonly survey: ClusterSurvey;
  readonly draft: Draft;
  readonly scope: Scope;
}

export interface Wanted {
  readonly part: string;
  readonly kind: SurveyedKind;
  readonly places: readonly SurveyedPlace[];
}

/** One kind from one or several places, as far as it may be read; undefined where nothing of it could. */
export async function listedIn({ survey, draft }: Surveying, { part, kind, places }: Wanted) {
  const items: Fields[] = [];
  const notes: string[] = [];
  let answered = false;
  for (const place of places) {
    const found = await draft.attempt(part, signal => survey.list(kind, place, signal));
    if (!found) continue;
    answered = true;
    items.push(...found.items);
    if (!found.complete) notes.push(`there are more than these ${items.length}: the rest would be too much for a bundle`);
  }
  return answered ? { items: items.toSorted(byName), notes } : undefined;
}

/** The namespaces that were asked for, or the one that stands for all. */
export function placesOf({ namespaces }: Scope): readonly SurveyedPlace[] {
  return namespaces === undefined ? [{}] : namespaces.map(namespace => ({ namespace }));
}

export function asList(items: readonly Fields[]): Fields {
  return { apiVersion: 'v1', kind: 'List', items };
}

export function nameOf(object: Fields): { readonly namespace: string; readonly name: string } {
  const { namespace, name } = isMeta(object['metadata']) ? object['metadata'] : {};
  return { namespace: typeof namespace === 'string' ? namespace : '', name: typeof name === 'string' ? name : '' };
}

function isMeta(value: unknown): value is { readonly namespace?: unknown; readonly name?: unknown } {
  return typeof value === 'object' && value !== null;
}

function byName(a: Fields, b: Fields): number {
  const [left, right] = [nameOf(a), nameOf(b)].map(({ namespace, name }) => `${namespace}/${name}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
