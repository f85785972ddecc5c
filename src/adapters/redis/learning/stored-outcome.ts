import { z } from 'zod';
import type { RepairOutcome } from '../../../domain/ports/learning-repository.ts';

const Text = z.union([z.string(), z.literal(0)]);

/** Time, success, seconds, id, who; then root cause, description, class, and namespace, name and steps of the playbook, 0 for what is not there. */
const Entry = z.tuple([z.number(), z.union([z.literal(0), z.literal(1)]), z.number(), z.string(), z.string()]).rest(Text);

/** All of a detail behind its time, which the script knows: the time and a bracket come before it. */
export function detailRest({ success, executionSeconds = 0, id, by, rootCause, fixDescription, verified }: RepairOutcome): string {
  const { namespace, name, steps } = verified?.playbook ?? {};
  const texts = [rootCause, fixDescription, verified?.anomalyClass, namespace, name, steps];
  const until = texts.findLastIndex(text => text !== undefined) + 1;
  return JSON.stringify([success ? 1 : 0, executionSeconds, id, by, ...texts.slice(0, until).map(text => text ?? 0)]).slice(1);
}

type Of = { readonly anomalyKey: string; readonly action: string };

export function outcomeFrom(text: string, { anomalyKey, action }: Of): RepairOutcome & { readonly at: Date } {
  const [at, success, executionSeconds, id, by, ...texts] = Entry.parse(JSON.parse(text));
  const [rootCause = 0, fixDescription = 0, anomalyClass = 0, namespace = 0, name = 0, steps = 0] = texts;
  const isVerified = anomalyClass !== 0 && namespace !== 0 && name !== 0 && steps !== 0;
  return {
    id,
    anomalyKey,
    action,
    success: success === 1,
    at: new Date(at),
    by,
    ...(executionSeconds > 0 && { executionSeconds }),
    ...(rootCause !== 0 && { rootCause }),
    ...(fixDescription !== 0 && { fixDescription }),
    ...(isVerified && { verified: { anomalyClass, playbook: { namespace, name, steps } } }),
  };
}
