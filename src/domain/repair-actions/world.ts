import type { NamedStep } from '../ports/repairs.ts';
import type { Fields } from '../text/json-fields.ts';
import type { Change, PatchPlan, Refusal, WorkloadKind } from './plan.ts';

/** What was read for a step: the object that it changes, and what else speaks for or against it. */
export interface World {
  readonly kind: WorkloadKind | 'ConfigMap';
  readonly object: Fields;
  /** Name of the HorizontalPodAutoscaler that owns the replicas. Read where they are to change. */
  readonly autoscaler?: string | undefined;
  /** All of the namespace; read where a template of before is wanted. */
  readonly replicaSets?: readonly Fields[];
}

/** What one action wants changed. */
export interface Wanted extends Pick<PatchPlan, 'operations' | 'revisions'> {
  readonly is: 'wanted';
  readonly changes: readonly Change[];
  /** What is done, as the beginning of a sentence. */
  readonly summary: string;
}

/** `what` names the object: `Deployment web`. */
export type Want = (of: { readonly step: NamedStep; readonly world: World; readonly what: string; readonly now: Date }) => Wanted | Refusal;
