import type { SignozAlertRule } from '../crds/signozalertrule/kind.ts';
import type { LiveRule } from '../domain/ports/signoz-rules.ts';
import { readMarker, sameOwner } from '../domain/rule/marker.ts';
import { nameOf } from './ask-signoz.ts';

/** The rule of SigNoz that an object stands for. */
export type Counterpart =
  | { readonly is: 'rule'; readonly live: LiveRule }
  | { readonly is: 'new' }
  /** Nobody can tell which, or it is somebody else's; a sentence. */
  | { readonly is: 'unclear'; readonly message: string };

/**
 * With the cluster known, as its operator finds it: by the marker, else by spec.adoption. Without, the marker's namespace and name count in
 * whatever cluster, then spec.adoption.ruleId, then the rule's name, unless an object of another name owns that rule.
 */
export function counterpart(object: SignozAlertRule, live: readonly LiveRule[], clusterId: string | undefined): Counterpart {
  const { namespace, name } = object.metadata;
  const owned = live.filter(({ body }) => {
    const marker = readMarker(body['source']);
    return marker !== undefined && sameOwner(marker, { clusterId: clusterId ?? marker.clusterId, namespace, name });
  });
  // Of two that are ours the older stays.
  if (clusterId !== undefined && owned.length > 0) return { is: 'rule', live: oldest(owned) };
  if (owned.length > 0) return one(owned, 'owned by an object of this name: say by AWOOOI_CLUSTER_ID which cluster is meant');
  const { policy, ruleId } = object.spec.adoption;
  if (policy === 'ById') return byId(live, ruleId ?? '', clusterId);
  const named = live.filter(rule => nameOf(rule) === (object.spec.name ?? name));
  // A file may leave it to whoever applies it in which namespace its objects are.
  const mayBeOurs = named.filter(({ body }) => (readMarker(body['source'])?.name ?? name) === name);
  if (clusterId === undefined) return one(mayBeOurs, 'of this name: choose one by spec.adoption ById');
  const free = named.filter(({ body }) => readMarker(body['source']) === undefined);
  return policy === 'ByName' ? one(free, 'of this name that no object owns: choose one by spec.adoption ById') : { is: 'new' };
}

function byId(live: readonly LiveRule[], ruleId: string, clusterId: string | undefined): Counterpart {
  const found = live.find(({ id }) => id === ruleId);
  if (!found) {
    return {
      is: 'unclear',
      message: `SigNoz has no rule ${ruleId}: correct spec.adoption.ruleId, or remove spec.adoption to have a new one`,
    };
  }
  const owner = readMarker(found.body['source']);
  if (clusterId === undefined || !owner) return { is: 'rule', live: found };
  const message = `rule ${ruleId} is owned by SignozAlertRule ${owner.namespace}/${owner.name} of the cluster ${owner.clusterId}: choose another rule`;
  return { is: 'unclear', message };
}

function one(found: readonly LiveRule[], which: string): Counterpart {
  const [live, ...more] = found;
  if (!live) return { is: 'new' };
  if (more.length === 0) return { is: 'rule', live };
  return { is: 'unclear', message: `SigNoz has ${found.length} rules (${found.map(({ id }) => id).join(', ')}) ${which}` };
}

function oldest(rules: readonly LiveRule[]): LiveRule {
  return rules.reduce((a, b) => (b.createdAt < a.createdAt ? b : a));
}
