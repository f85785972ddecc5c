import type { StepParameters } from '../../crds/repairplaybook/step.ts';
import type { NamedStep } from '../ports/repairs.ts';
import { containerOf } from './container.ts';
import { heldAs } from './held.ts';
import { type Place, valueAt } from './place.ts';
import { type Refusal, refused } from './plan.ts';
import { type Quantity, quantityOf, type Resource, sensible, times, written } from './quantity.ts';
import type { Want } from './world.ts';

/**
 * Raises the limit of one container, and with it a request that equals it: such a pod keeps its quality of service. Another request is
 * left alone. Nothing is ever lowered.
 */
export const wantResources: Want = ({ step, world, what }) => {
  const resource = resourceOf(step);
  if (resource === undefined) return refused('adjust_limits does not say which limit: set parameters.resource to memory or cpu');
  const container = containerOf({ object: world.object, what, asked: step.parameters.container });
  if (container.is === 'refused') return container;
  const limitPlace: Place = [...container.place, 'resources', 'limits', resource];
  const requestPlace: Place = [...container.place, 'resources', 'requests', resource];
  const whose = `the ${resource} limit of container ${container.name} of ${what}`;
  const limit = quantityOf(valueAt(world.object, limitPlace));
  if (!limit)
    return refused(`container ${container.name} of ${what} has no ${resource} limit, so none holds it back: look for another cause`);
  const raised = raisedLimit(limit, step.parameters, { resource, whose });
  if ('is' in raised) return raised;
  const request = quantityOf(valueAt(world.object, requestPlace));
  const places = request?.nano === limit.nano ? [limitPlace, requestPlace] : [limitPlace];
  const changes = places.map(place => ({
    place,
    from: heldAs(place, valueAt(world.object, place)),
    to: heldAs(place, written(raised)),
  }));
  const both = places.length > 1 ? ', and its request, which equals it' : '';
  return { is: 'wanted', changes, summary: `Raises ${whose} from ${written(limit)} to ${written(raised)}${both}` };
};

function resourceOf({ action, parameters }: NamedStep): Resource | undefined {
  if (action === 'increase_memory') return 'memory';
  return action === 'increase_cpu' ? 'cpu' : parameters.resource;
}

function raisedLimit(
  limit: Quantity,
  { to, factor, max }: StepParameters,
  { resource, whose }: { readonly resource: Resource; readonly whose: string },
): Quantity | Refusal {
  if ((to === undefined) === (factor === undefined))
    return refused('the step does not say how much: set parameters.factor or parameters.to, and not both');
  const wanted = to === undefined ? undefined : quantityOf(to);
  const most = quantityOf(max) ?? wanted;
  if (!most) return refused('the step does not say how far it may go: set parameters.max, such as 2Gi');
  if (limit.nano >= most.nano)
    return refused(
      `${whose} is ${written(limit)} already, and the step goes no further than ${written(most)}: raise parameters.max or parameters.to`,
    );
  const asked = wanted ?? sensible(times(limit, factor ?? 1), resource);
  if (asked.nano <= limit.nano)
    return refused(`${whose} is ${written(limit)} already, and is never lowered: raise parameters.${wanted ? 'to' : 'factor'}`);
  return asked.nano > most.nano ? most : asked;
}
