import type { RepairStep } from '../../crds/repairplaybook/step.ts';
import type { CarriedOut } from '../../domain/ports/repairs.ts';
import { isForPeople } from '../../domain/repair/steps-of.ts';
import { placeOf, type RunTurn } from './turn.ts';

/** What people are told, where the playbook has no words of its own. */
export function errandText({ action, parameters }: RepairStep): string {
  return parameters.text ?? `Please see to it (${action}).`;
}

/** Does a step as it was recorded: in the cluster, or by telling people. */
export function doStep({ run, deps: { ports }, ctx }: RunTurn, index: number): Promise<CarriedOut> {
  const step = run.spec.steps[index];
  const intent = run.status?.steps?.find(record => record.index === index)?.intent;
  if (!step || !intent) return Promise.resolve({ is: 'refused', reason: 'Nothing is recorded of this step.' });
  if (!isForPeople(step.action)) return ports.repairs.carryOut(intent, placeOf(run, index), ctx.signal);
  const { namespace, name, uid } = run.metadata;
  const { incidentId, playbookRef } = run.spec;
  return ports.people.tell(
    {
      run: { namespace, name, uid },
      step: index,
      action: step.action,
      playbook: playbookRef.name,
      ...(incidentId !== undefined && { incidentId }),
      text: errandText(step),
    },
    ctx.signal,
  );
}
