import type { GitOpsTerms } from '../../crds/repairplaybook/terms.ts';
import type { RepairStep, StepTarget } from '../../crds/repairplaybook/step.ts';

/** A step of a run whose target is known by its name. */
export interface NamedStep extends Omit<RepairStep, 'target'> {
  readonly target?: { readonly kind: StepTarget['kind']; readonly name: string };
}

/** Where and for whom a step is done. `step` counts from 0. */
export interface StepPlace {
  readonly namespace: string;
  /** uid of the RepairRun: with the number of the step, the key by which a step that was done is known again. */
  readonly run: string;
  readonly step: number;
  readonly gitOps: GitOpsTerms;
}

/**
 * What a step will do, decided from the world as it is and recorded before it is done. `plan` is JSON that only the adapter reads: it holds
 * what is changed, from what to what, on the object of which uid, so that doing it twice changes nothing the second time.
 */
export interface PlannedStep {
  readonly summary: string;
  readonly plan: string;
  /** What is worked on, as KIND/NAME: of a pod, whoever makes another in its place. Older records are without it. */
  readonly workload?: string | undefined;
}

export type Planned =
  | { readonly is: 'planned'; readonly step: PlannedStep }
  /** It cannot or must not be done; the sentence says why and what a person can do. */
  | { readonly is: 'refused'; readonly reason: string };

export type CarriedOut =
  | { readonly is: 'done'; readonly detail: string }
  /** Not yet: a budget does not allow it now, a rollout is paused. Asked again after so long. */
  | { readonly is: 'waiting'; readonly reason: string; readonly retryAfterMs: number }
  | { readonly is: 'refused'; readonly reason: string }
  /** A person is to say whether it helped. */
  | { readonly is: 'with-people'; readonly detail: string };

/** Whether a step was done, read from the world: after a death nobody else can say. */
export type SeenDone = 'done' | 'not-done' | 'unknown';

/** How the workload of a step stands after it. */
export interface WorkloadState {
  readonly is: 'available' | 'progressing' | 'unavailable' | 'paused' | 'gone';
  /** In one sentence, for people. */
  readonly detail: string;
}

/**
 * Carries steps out by the Kubernetes API. Failures are PortErrors (403 `forbidden`, 422 and an admission webhook's no `rejected` with
 * its words); what cannot be done is an answer, not a failure. Nothing is changed by `plan` and `dryRun`.
 */
export interface Repairs {
  /** Reads the target and decides what exactly would be done, `now` for what needs a time. */
  plan(step: NamedStep, at: StepPlace, of: { readonly now: Date; readonly signal: AbortSignal }): Promise<Planned>;
  /** Server-side dry run of what was planned. */
  dryRun(
    step: PlannedStep,
    at: StepPlace,
    signal: AbortSignal,
  ): Promise<{ readonly is: 'fine' } | { readonly is: 'refused'; readonly reason: string }>;
  /** Does it, once: what was done before by the same run and step is recognised and not done again. */
  carryOut(step: PlannedStep, at: StepPlace, signal: AbortSignal): Promise<CarriedOut>;
  seen(step: PlannedStep, at: StepPlace, signal: AbortSignal): Promise<SeenDone>;
  /** Takes an own patch back, where nobody has changed the same place since. */
  undo(step: PlannedStep, at: StepPlace, signal: AbortSignal): Promise<CarriedOut>;
  state(step: PlannedStep, at: StepPlace, signal: AbortSignal): Promise<WorkloadState>;
  /** Whether the namespace is labelled `awoooi.io/repair=enabled`. */
  isEnabled(namespace: string, signal: AbortSignal): Promise<boolean>;
}
