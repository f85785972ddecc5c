import type { PlannedStep } from '../../domain/ports/repairs.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { EXECUTION_OFF, forbidden, type Hold, namespaceNotEnabled, paused, unchecked } from '../../domain/repair/hold.ts';
import { isForPeople, namedStep } from '../../domain/repair/steps-of.ts';
import { pascalCase } from '../../domain/text/pascal-case.ts';
import { errandText } from './errands.ts';
import { placeOf, type RunTurn } from './turn.ts';

/** Whether anything may be done at all just now: what cannot be checked counts as no. */
export async function mayAct({ run, deps: { ports, limits }, ctx }: RunTurn): Promise<Hold | undefined> {
  const { namespace } = run.metadata;
  if (!limits.execution) return EXECUTION_OFF;
  try {
    const asked = [ports.pause.requests(ctx.signal), ports.repairs.isEnabled(namespace, ctx.signal)] as const;
    const [requests, enabled] = await Promise.all(asked);
    return enabled ? paused(requests) : namespaceNotEnabled(namespace);
  } catch (err) {
    return holdFor(err, namespace);
  }
}

/** A fault as a reason to wait. What is none of the world's goes on up. */
export function holdFor(err: unknown, namespace: string): Hold {
  if (!(err instanceof PortError)) throw err;
  return err.fault === 'forbidden' ? forbidden(namespace, err.message) : unchecked(pascalCase(err.fault), err.message);
}

export type Tried =
  | { readonly is: 'planned'; readonly step: PlannedStep }
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'held'; readonly hold: Hold };

/** Plans a step and tries it as a dry run; nothing is changed. */
export async function tryStep(turn: RunTurn, index: number): Promise<Tried> {
  const { run, deps, ctx, now } = turn;
  const step = run.spec.steps[index];
  if (!step) return { is: 'refused', reason: `The run has no step ${index + 1}.` };
  const named = namedStep(step);
  if (typeof named === 'string') return { is: 'refused', reason: named };
  if (isForPeople(step.action)) return { is: 'planned', step: { summary: `${step.action}: ${errandText(step)}`, plan: '{}' } };
  const { repairs } = deps.ports;
  try {
    const planned = await repairs.plan(named, placeOf(run, index), { now, signal: ctx.signal });
    if (planned.is === 'refused') return planned;
    const tried = await repairs.dryRun(planned.step, placeOf(run, index), ctx.signal);
    return tried.is === 'fine' ? planned : tried;
  } catch (err) {
    if (err instanceof PortError && err.fault === 'rejected') return { is: 'refused', reason: err.message };
    return { is: 'held', hold: holdFor(err, run.metadata.namespace) };
  }
}
