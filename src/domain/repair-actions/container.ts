import { type Fields, fieldsAt, textAt } from '../text/json-fields.ts';
import { recordsAt, specOf } from './kube-fields.ts';
import type { Place } from './place.ts';
import { type Refusal, refused } from './plan.ts';

const LISTS = ['containers', 'initContainers'] as const;

/** The container that a step is about: the one it names, else the only one. */
export function containerOf(of: {
  readonly object: Fields;
  readonly what: string;
  readonly asked: string | undefined;
}): Refusal | { readonly is: 'found'; readonly name: string; readonly place: Place } {
  const spec = podSpecOf(of.object);
  const names = (list: (typeof LISTS)[number]): string[] => recordsAt(spec, list).map(entry => textAt(entry, 'name') ?? '');
  const [only = '', ...others] = names('containers');
  const name = of.asked ?? (others.length === 0 ? only : undefined);
  const all = LISTS.flatMap(names).join(', ');
  if (name === undefined) return refused(`${of.what} has several containers (${all}): set parameters.container to one of them`);
  const list = LISTS.find(each => names(each).includes(name));
  if (!list) return refused(`${of.what} has no container ${name} (it has: ${all}): correct parameters.container`);
  return { is: 'found', name, place: ['spec', 'template', 'spec', list, { named: name }] };
}

export function podSpecOf(object: Fields): Fields {
  return specOf(fieldsAt(specOf(object), 'template'));
}
