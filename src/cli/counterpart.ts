import type { SignozAlertRule } from '../crds/signozalertrule/kind.ts';
import type { LiveRule } from '../domain/ports/signoz-rules.ts';
import { type RuleMarker, readMarker } from '../domain/rule/marker.ts';
import { nameOf } from './ask-signoz.ts';

/** A rule with what its marker says: read once, for of thousands of rules each is looked at for each object. */
export interface OwnedRule extends LiveRule {
  readonly owner: RuleMarker | undefined;
}

export function withOwner(live: LiveRule): OwnedRule {
  return { ...live, owner: readMarker(live.body['source']) };
}

/** The rule of SigNoz that an object stands for. */
export type Counterpart =
  | { readonly is: 'rule'; readonly live: LiveRule }
  /** `beside`: rules of its name that no object owns, and that it does not take over. */
  | { readonly is: 'new'; readonly beside: readonly LiveRule[] }
  /** Nobody can tell which, or it is somebody else's; a sentence. */
  | { readonly is: 'unclear'; readonly message: string };

/**
 * As its operator finds it: by the marker, else by spec.adoption. Where the cluster is not known, the marker's namespace and name count in
 * whatever cluster, and then the name alone: a file may leave it to whoever applies it in which namespace its objects are.
 */
export function counterpart(object: SignozAlertRule, live: readonly OwnedRule[], clusterId: string | undefined): Counterpart {
  const { namespace, name } = object.metadata;
  const marked = live.filter(({ owner }) => owner?.name === name && (clusterId === undefined || owner.clusterId === clusterId));
  const owned = marked.filter(({ owner }) => owner?.namespace === namespace);
  // Of two that are ours the older stays.
  if (clusterId !== undefined && owned.length > 0) return { is: 'rule', live: oldest(owned) };
  const mayBeOurs = clusterId !== undefined || owned.length > 0 ? owned : marked;
  if (mayBeOurs.length > 0) return one(mayBeOurs, 'owned by an object of this name: say by AWOOOI_CLUSTER_ID which cluster is meant');
  return byAdoption(object, live);
}

function byAdoption({ spec, metadata }: SignozAlertRule, live: readonly OwnedRule[]): Counterpart {
  const { policy, ruleId } = spec.adoption;
  if (policy === 'ById') return byId(live, ruleId ?? '');
  const free = live.filter(rule => rule.owner === undefined && nameOf(rule) === (spec.name ?? metadata.name));
  if (policy === 'ByName') return one(free, 'of this name that no object owns: choose one by spec.adoption ById');
  return { is: 'new', beside: free };
}

function byId(live: readonly OwnedRule[], ruleId: string): Counterpart {
  const found = live.find(({ id }) => id === ruleId);
  const next = 'correct spec.adoption.ruleId, or remove spec.adoption to have a new one';
  if (!found) return { is: 'unclear', message: `SigNoz has no rule ${ruleId}: ${next}` };
  const { owner } = found;
  if (!owner) return { is: 'rule', live: found };
  const message = `rule ${ruleId} is owned by SignozAlertRule ${owner.namespace}/${owner.name} of the cluster ${owner.clusterId}: choose another rule`;
  return { is: 'unclear', message };
}

function one(found: readonly LiveRule[], which: string): Counterpart {
  const [live, ...more] = found;
  if (!live) return { is: 'new', beside: [] };
  if (more.length === 0) return { is: 'rule', live };
  return { is: 'unclear', message: `SigNoz has ${found.length} rules (${found.map(({ id }) => id).join(', ')}) ${which}` };
}

function oldest(rules: readonly LiveRule[]): LiveRule {
  return rules.reduce((a, b) => (b.createdAt < a.createdAt ? b : a));
}
