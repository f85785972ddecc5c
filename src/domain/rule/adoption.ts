import { type RuleMarker, sameOwner } from './marker.ts';
import type { RuleFacts, RuleStep } from './next-step.ts';

/** How a rule that SigNoz has already is taken over, or why not; undefined where a new one is to be created. */
export function adoption({ spec, owner, named, asked }: RuleFacts): RuleStep | undefined {
  const { policy, ruleId = '' } = spec.adoption;
  if (policy === 'ByName') return byName(named);
  if (policy !== 'ById') return undefined;
  if (asked === undefined || asked === 'gone') {
    return refused(
      'AdoptionRefused',
      `SigNoz has no rule ${ruleId}: correct spec.adoption.ruleId, or remove spec.adoption to have a new one`,
    );
  }
  if (asked.marker && !sameOwner(asked.marker, owner)) return refused('AdoptionRefused', foreign(asked.id, asked.marker));
  return { do: 'update', id: asked.id, why: 'Adoption', drifted: false };
}

function byName(named: readonly { readonly id: string }[]): RuleStep | undefined {
  const [one, ...more] = named;
  if (!one) return undefined;
  if (more.length === 0) return { do: 'update', id: one.id, why: 'Adoption', drifted: false };
  const ids = named.map(({ id }) => id).join(', ');
  return refused(
    'NameAmbiguous',
    `SigNoz has ${named.length} rules of this name that no object owns (${ids}): choose one by spec.adoption ById`,
  );
}

function foreign(id: string, { clusterId, namespace, name }: RuleMarker): string {
  return `rule ${id} is owned by SignozAlertRule ${namespace}/${name} of the cluster ${clusterId} and is not touched: choose another rule`;
}

function refused(reason: string, why: string): RuleStep {
  return { do: 'refuse', reason, message: `${why.charAt(0).toUpperCase()}${why.slice(1)}.` };
}
