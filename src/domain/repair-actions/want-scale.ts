import type { StepParameters } from '../../crds/repairplaybook/step.ts';
import { countAt, specOf } from './kube-fields.ts';
import type { Place } from './place.ts';
import { refused } from './plan.ts';
import { wholeTimes } from './quantity.ts';
import type { Want } from './world.ts';

const REPLICAS: Place = ['spec', 'replicas'];

export const wantScale: Want = ({ step: { parameters }, world, what }) => {
  if (world.kind !== 'Deployment' && world.kind !== 'StatefulSet')
    return refused(`${what} has one pod on each node and cannot be scaled: scale_up takes a Deployment or a StatefulSet`);
  const most = parameters.maxReplicas;
  if (most === undefined) return refused('scale_up does not say how far it may go: set parameters.maxReplicas');
  const now = countAt(specOf(world.object), 'replicas', 1);
  // Somebody wanted it so; a factor would leave it at 0 anyhow.
  if (now === 0) return refused(`${what} is scaled to 0, which somebody did on purpose: kubectl scale it up if it is to run`);
  if (now >= most)
    return refused(`${what} has ${now} replicas already, and the playbook's maximum is ${most}: raise parameters.maxReplicas`);
  const asked = askedFor(now, parameters);
  if (asked === undefined) return refused('scale_up does not say by how much: set parameters.by or parameters.factor, and not both');
  if (asked <= now) return refused(`a factor of ${parameters.factor} leaves ${what} at ${now} replicas: set a greater one`);
  const replicas = Math.min(asked, most);
  const change = { place: REPLICAS, from: { is: 'value', value: now }, to: { is: 'value', value: replicas } } as const;
  const bounded = replicas < asked ? `, the maximum (${asked} were asked for)` : '';
  return { is: 'wanted', changes: [change], summary: `Scales ${what} from ${now} to ${replicas} replicas${bounded}` };
};

function askedFor(now: number, { by, factor }: StepParameters): number | undefined {
  if (by !== undefined) return factor === undefined ? now + by : undefined;
  return factor === undefined ? undefined : wholeTimes(now, factor);
}
