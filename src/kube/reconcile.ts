import type { Condition, ConditionStatus } from '../crds/conditions.ts';
import type { Priority } from './ready-keys.ts';

/** The status fields that the frame itself keeps; a kind adds its own. */
export interface KubeStatus {
  readonly observedGeneration?: number | undefined;
  readonly conditions?: readonly Condition[] | undefined;
}

export interface KubeMeta {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly generation: number;
  readonly resourceVersion: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/** What the frame needs of a namespaced object of any kind. */
export interface KubeObject<Status extends KubeStatus = KubeStatus> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMeta;
  readonly status?: Status;
}

export type StatusOf<T extends KubeObject> = NonNullable<T['status']>;

/** What one turn may use besides the object. */
export interface Context {
  /** Aborts at the turn's deadline, on loss of leadership, and when a shutdown has waited long enough. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /**
   * The rank for its calls outside: `normal` where a change asked for this turn, `low` where the operator only looks again. What is decided
   * must not depend on it.
   */
  readonly priority: Priority;
  /** Throws unless this process still leads, judged by the time that has passed: call it right before each effect outside. */
  readonly fence: () => void;
}

/** What a reconcile decided about one condition type. */
export interface Decision {
  readonly status: ConditionStatus;
  readonly reason: string;
  /** A sentence for people, without secrets. */
  readonly message: string;
}

/** A Kubernetes Event to be recorded on the object, once what it tells of is written. */
export interface Emission {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** What was done or tried, as one CamelCase word; `Reconcile` unless told otherwise. */
  readonly action?: string;
  /** It says as well why the object is Ready from now on: one event tells of both. */
  readonly tellsOfReady?: boolean;
}

/** All that a reconcile wants written. The frame writes it, and only where it differs from what stands. */
export interface Outcome<Status extends KubeStatus = KubeStatus> {
  /** Top-level status fields: named ones are replaced, `undefined` removes one, the rest stay as they are. */
  readonly status?: Partial<Omit<Status, 'conditions' | 'observedGeneration'>>;
  /** By type. Types not named stay as they are, but Reconciling and Stalled: they go unless named True. Left out: all stay. */
  readonly conditions?: Readonly<Record<string, Decision>>;
  /** The whole list that metadata.finalizers shall hold. */
  readonly finalizers?: readonly string[];
  /**
   * Look again after so long, whatever happens before; 0 is at once (on what this turn wrote). As long as the object is neither
   * Ready nor Stalled, or is being deleted, that keeps the turn's level; then it is `low`.
   */
  readonly requeueAfterMs?: number;
  readonly events?: readonly Emission[];
  /**
   * The status is an intent: it is written only if nobody has changed the object since it was read; otherwise nothing happens and the turn
   * is repeated.
   */
  readonly exclusive?: boolean;
  /** Nothing could be decided yet, and another turn is on its way: nothing at all is written, not even that the object was seen. */
  readonly undecided?: boolean;
}

/** Level-based: looks at the object, and never at why it was called. A throw means "try again later, with backoff". */
export type Reconcile<T extends KubeObject> = (object: T, context: Context) => Promise<Outcome<StatusOf<T>>>;

/** How a thrown failure reads on the object. */
export interface Fault {
  readonly reason: string;
  readonly message: string;
  /** Only a person's change can help: Stalled=True, and no retries before the next resync. */
  readonly stalled?: boolean;
  /** When to look again instead of the queue's backoff. */
  readonly retryAfterMs?: number;
  /** Further conditions that it decides, by type; Ready and Stalled follow from the above. */
  readonly conditions?: Readonly<Record<string, Decision>>;
}

export type Explain = (err: unknown) => Fault;

const ONLY_WHEN_TRUE = new Set(['Reconciling', 'Stalled']);
const UNDECIDED: Decision = { status: 'Unknown', reason: 'NotYetDecided', message: 'Nothing has been decided about this object yet.' };

export interface Folding {
  readonly before: readonly Condition[];
  readonly decisions: Readonly<Record<string, Decision>> | undefined;
  readonly generation: number;
  readonly now: Date;
}

/**
 * The conditions to be written. lastTransitionTime moves only when status does; Ready is always there; Reconciling and
 * Stalled only when True and never both, Stalled first (kstatus).
 */
export function foldConditions({ before, decisions, generation, now }: Folding): readonly Condition[] {
  const folded = new Map(before.map(condition => [condition.type, condition]));
  if (decisions) for (const type of ONLY_WHEN_TRUE) if (decisions[type]?.status !== 'True') folded.delete(type);
  for (const [type, decision] of Object.entries(decisions ?? {})) {
    if (ONLY_WHEN_TRUE.has(type) && decision.status !== 'True') continue;
    folded.set(type, decided(type, decision, { was: folded.get(type), generation, now }));
  }
  if (folded.has('Stalled')) folded.delete('Reconciling');
  if (!folded.has('Ready')) folded.set('Ready', decided('Ready', UNDECIDED, { was: undefined, generation, now }));
  return [...folded.values()].toSorted((a, b) => rank(a.type) - rank(b.type));
}

function decided(type: string, decision: Decision, at: { was: Condition | undefined; generation: number; now: Date }): Condition {
  const { status, reason, message } = decision;
  const lastTransitionTime = at.was?.status === status ? at.was.lastTransitionTime : kubeTime(at.now);
  return { type, status, reason, message, observedGeneration: at.generation, lastTransitionTime };
}

/** Ready first, for people who read YAML; the rest as they came. */
function rank(type: string): number {
  return type === 'Ready' ? 0 : 1;
}

/** metav1.Time: RFC 3339 with whole seconds. */
function kubeTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
