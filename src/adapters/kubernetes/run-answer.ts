import type { RepairRunStatus, StepStatus } from '../../crds/repairrun/status.ts';
import type { RepairObjects } from '../../domain/ports/repair-objects.ts';
import type { KubeClient } from '../../kube/client.ts';
import { patchGuarded } from './guarded-status.ts';

type Answer = RepairObjects['answer'];

interface Answering {
  readonly run: Parameters<Answer>[0];
  readonly word: Parameters<Answer>[1];
  readonly signal: AbortSignal;
}

/** What people are asked to do themselves. */
const OF_PEOPLE: readonly StepStatus['action'][] = ['schedule_fix', 'manual_intervention'];

/** The first word of a person stands on the step that waits for one. */
export function recordAnswer(
  { client, now }: { client: KubeClient; now: () => Date },
  { run, word, signal }: Answering,
): ReturnType<Answer> {
  const { by, helped } = word;
  return patchGuarded<'repeated' | 'late'>(client, { run, signal, doing: 'recording what a person answered' }, status => {
    const at = waitingStep(status);
    if (at !== undefined) return [{ op: 'add', path: `/status/steps/${at}/answer`, value: { by, helped, time: now().toISOString() } }];
    return status.steps?.some(({ answer }) => answer?.by === by && answer.helped === helped) ? 'repeated' : 'late';
  });
}

/** The place in the list of the step of people that was told to them and was not answered. */
function waitingStep({ phase, steps = [] }: RepairRunStatus): number | undefined {
  if (phase !== 'Running') return undefined;
  const at = steps.findIndex(
    ({ action, effectTime, deed, answer }) => OF_PEOPLE.includes(action) && effectTime !== undefined && !deed && !answer,
  );
  return at < 0 ? undefined : at;
}
