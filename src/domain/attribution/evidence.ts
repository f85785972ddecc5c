import type { CanaryCause, ConfigurationCause } from '../chain/hop-result.ts';
import { cameThrough } from '../drills/came-through.ts';
import type { AlertState, NotificationCounters, Silence } from '../ports/alertmanager.ts';
import type { Refusal } from '../ports/drill-registry.ts';
import type { Fault, PortErrorDetail } from '../ports/port-error.ts';
import type { CanaryAlert } from '../routing/canary-alert.ts';
import type { StrayRoute } from '../routing/stray-routes.ts';

/** A call of Alertmanager's API that failed. */
export interface ApiFailure {
  readonly doing: 'resolve its name' | 'read its status' | 'post the canary' | 'read its alerts';
  readonly fault: Fault;
  readonly detail?: PortErrorDetail;
  readonly statusCode?: number;
  /** Fit to show. */
  readonly message: string;
}

/** What Alertmanager says of the canary while it waits, with the names behind the ids where they could be read. */
export interface ObservedAlert {
  readonly state: AlertState;
  readonly silences: readonly (Pick<Silence, 'id'> & Partial<Silence>)[];
  readonly inhibitors: readonly { readonly fingerprint: string; readonly labels?: Readonly<Record<string, string>> }[];
}

export interface CutShort {
  readonly waitedMs: number;
  /** What of the budget is for the peers. */
  readonly peerWaitMs: number;
  /** How many replicas of the cluster had not had their turn, and latencyBudget after it, when the hop's time was over. */
  readonly stillWaiting: number;
  /** The timeout that the budget asks for. */
  readonly neededMs: number;
}

/** All that was found out about one replica's canary. */
export interface ReplicaEvidence {
  /** For people: the URL, with the address where it is another. */
  readonly name: string;
  readonly address: string;
  readonly nonce: string;
  /** True once the canary may be in: a post whose answer got lost counts. */
  readonly posted: boolean;
  readonly apiFailure?: ApiFailure;
  readonly version?: string;
  readonly plan?: CanaryAlert;
  readonly strayRoutes: readonly StrayRoute[];
  /** latencyBudget, and what Alertmanager may wait for its peers. */
  readonly budgetMs: number;
  /** Where the hop's own time ends before the budget does. */
  readonly cutShort?: CutShort;
  /** Origins of the receiver's webhooks, where this version shows them (0.25 does). */
  readonly webhookOrigins?: readonly string[];
  /** Its return through the receiver asked for; where that one did not come, through another that posts to us. */
  readonly back?: { readonly afterMs: number; readonly receiver?: string };
  readonly alert?: ObservedAlert;
  /** How the counters grew since the canary went in; of all alerts, not of the canary alone. */
  readonly growth?: NotificationCounters;
}

/** Whether the canary came back as it should: through this receiver. */
export function isBack({ back }: ReplicaEvidence, receiver: string): boolean {
  return back !== undefined && cameThrough(back, receiver);
}

export interface CanaryEvidence {
  readonly receiver: string;
  readonly replicas: readonly ReplicaEvidence[];
  /** What our own server refused since the canaries went in, to whomever. */
  readonly refusals: readonly Refusal[];
  /** Our store did not answer while the canaries were out: our server turns alerts away meanwhile. */
  readonly storeFailure?: string;
  /** What our public webhook URL answers is a redirect: to where, fit to show. */
  readonly publicRedirect?: string;
}

export interface CanaryVerdict {
  readonly cause: CanaryCause | ConfigurationCause;
  /** What is wrong, where, and what to do. */
  readonly message: string;
  readonly statusCode?: number;
}

/** Says why a canary is not back, or nothing where its evidence does not show it. */
export type Policy = (replica: ReplicaEvidence, canary: CanaryEvidence) => CanaryVerdict | undefined;
