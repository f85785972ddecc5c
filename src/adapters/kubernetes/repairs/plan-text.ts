import { z } from 'zod';
import { REPAIR_ACTIONS } from '../../../crds/repairplaybook/action.ts';
import { StepParameters } from '../../../crds/repairplaybook/step.ts';
import { PortError } from '../../../domain/ports/port-error.ts';
import type { PlannedStep } from '../../../domain/ports/repairs.ts';
import { type Decided, type Plan, workloadOf } from '../../../domain/repair-actions/plan.ts';
import { parsedJson } from '../../../domain/text/json.ts';

const WorkloadKind = z.enum(['Deployment', 'StatefulSet', 'DaemonSet']);
const Action = z.enum(REPAIR_ACTIONS);
const named = { name: z.string().min(1), uid: z.string().min(1) };

const Held = z.discriminatedUnion('is', [
  z.object({ is: z.literal('absent') }),
  z.object({ is: z.literal('value'), value: z.unknown() }),
  z.object({ is: z.literal('hidden'), mark: z.string() }),
]);
const Place = z.array(z.union([z.string(), z.object({ named: z.string() })])).min(1);
const Revision = z.object({ replicaSet: z.string().min(1), uid: z.string(), revision: z.string() });

const PatchPlan = z.object({
  does: z.literal('patch'),
  action: Action,
  object: z.object({ kind: z.enum([...WorkloadKind.options, 'ConfigMap']), ...named }),
  changes: z.array(z.object({ place: Place, from: Held, to: Held })).min(1),
  operations: StepParameters.shape.patch,
  revisions: z.object({ from: Revision.optional(), to: Revision }).optional(),
  watched: z.object({ kind: WorkloadKind, ...named }).optional(),
});

const EvictionPlan = z.object({
  does: z.literal('evict'),
  action: Action,
  pod: z.object(named),
  controller: z.object({ kind: z.string(), ...named }),
  watched: z.object({ kind: WorkloadKind, ...named }).optional(),
});

const RecordedPlan: z.ZodType<Plan> = z.discriminatedUnion('does', [PatchPlan, EvictionPlan]);

export function recorded({ summary, plan }: Decided): PlannedStep {
  return { summary, plan: JSON.stringify(plan), workload: workloadOf(plan) };
}

/** The plan as it was recorded, by this version or an older one. Throws PortError where it cannot be read any more. */
export function planOf({ plan }: PlannedStep): Plan {
  const read = RecordedPlan.safeParse(parsedJson(plan));
  if (read.success) return read.data;
  throw new PortError('malformed', 'the plan of the step, recorded in status.steps of the run, cannot be read: ask for the repair again');
}
