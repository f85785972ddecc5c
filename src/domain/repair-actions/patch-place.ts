import type { PatchOperation } from '../../crds/repairplaybook/step.ts';
import { type Fields, textAt } from '../text/json-fields.ts';
import { podSpecOf } from './container.ts';
import { tokensOf } from './json-patch.ts';
import { recordsAt } from './kube-fields.ts';
import type { Place } from './place.ts';
import { type Refusal, refused } from './plan.ts';
import type { World } from './world.ts';

const ALLOWED =
  'a patch may change image, env, args and resources of containers (/spec/template/spec/containers/0/image), /spec/replicas, and with parameters.configMap /data/KEY of a ConfigMap';

/**
 * The place that an operation changes, as whole as it has to be looked at: of an environment all of it. Without one for a `test`, which
 * changes nothing; it is held to the same list, and may also ask for the name of a container.
 */
export function patchPlace(operation: PatchOperation, world: World): Refusal | { readonly is: 'allowed'; readonly place?: Place } {
  const place = world.kind === 'ConfigMap' ? ofConfigMap(tokensOf(operation.path)) : ofWorkload(operation, world);
  if (place === undefined) return refused(`the path ${operation.path} is not one that may be patched in a ${world.kind}: ${ALLOWED}`);
  return { is: 'allowed', ...(operation.op !== 'test' && { place }) };
}

function ofConfigMap([data, key = '', ...rest]: readonly string[]): Place | undefined {
  const named = /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && key !== '..';
  return data === 'data' && named && rest.length === 0 ? ['data', key] : undefined;
}

/** Not command, volumes, ports, probes or rights. */
const IN_CONTAINER = /^\/spec\/template\/spec\/(containers|initContainers)\/(0|[1-9][0-9]{0,3})\/(image|env|args|resources|name)(\/|$)/;

function ofWorkload({ op, path }: PatchOperation, { kind, object }: World): Place | undefined {
  if (path === '/spec/replicas') return kind === 'DaemonSet' ? undefined : ['spec', 'replicas'];
  const [whole, list, index, field] = IN_CONTAINER.exec(path) ?? [];
  if (list === undefined || index === undefined || field === undefined) return undefined;
  // A test may ask whose place it is; nothing else may touch a name.
  if (field === 'name' && !(op === 'test' && path === whole)) return undefined;
  const name = nameAt(object, list, Number(index));
  return name === undefined ? undefined : ['spec', 'template', 'spec', list, { named: name }, field];
}

function nameAt(object: Fields, list: string, index: number): string | undefined {
  const entry = recordsAt(podSpecOf(object), list)[index];
  return entry && textAt(entry, 'name');
}
