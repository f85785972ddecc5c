import type { RuleTiming } from './alert-rule-timings.ts';

/** What is known of the alert of an incident, for judging a repair. */
export interface AlertTestimony {
  /** `gone`: the incident is not known any more, so that nothing can be said. */
  readonly alert: 'firing' | 'resolved' | 'gone';
  /** When its sender told that its last alert had resolved, by the store's clock; a person's resolving is none. */
  readonly resolvedAt?: Date;
  /** When it had ended by the sender's own clock: Alertmanager tells that only with the next notification of the group. */
  readonly endedAt?: Date;
  /** When it fired last, by the store's clock. */
  readonly lastFiredAt?: Date;
  /** Whether the chain was alive for its source all the time since; `unheard` where nothing proves it. */
  readonly chain: 'alive' | 'broken' | 'unheard';
  /** Since when it was alive without a gap, where that is known: an alert that was quiet before may only have lost its voice. */
  readonly aliveSince?: Date;
  /** Of the alert's rule, where that is known; not asked for while the alert fires. */
  readonly timing?: RuleTiming;
  /** In one sentence, for people. */
  readonly detail: string;
}

/** Says how the alert of an incident stands and whether its silence means anything. Failures are PortErrors. */
export interface AlertWitness {
  look(incidentId: string, since: Date, signal: AbortSignal): Promise<AlertTestimony>;
  /** Of the alert's rule, also while it fires; undefined where it is not known, or not there. */
  ruleOf(incidentId: string, signal: AbortSignal): Promise<RuleTiming | undefined>;
}
