import type { Fields } from '../text/json-fields.ts';

/** What may be looked at for a support bundle. Secrets are none of it, nor is what a ConfigMap holds. */
export type SurveyedKind =
  | 'alertchainprobes'
  | 'signozalertrules'
  | 'repairplaybooks'
  | 'repairruns'
  | 'customresourcedefinitions'
  | 'deployments'
  | 'pods'
  | 'leases'
  | 'endpointslices'
  | 'poddisruptionbudgets'
  | 'events';

export interface SurveyedPlace {
  /** Left out: all of them. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface Surveyed {
  readonly items: readonly Fields[];
  /** False where there are more than are worth keeping. */
  readonly complete: boolean;
}

/** The end of a text, with what is missing of it. */
export interface TextEnd {
  readonly text: string;
  readonly droppedBytes: number;
  readonly unfinished: boolean;
}

export interface PodLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the container before this one. */
  readonly previous: boolean;
  readonly sinceSeconds: number;
}

export interface PodPage {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly path: '/metrics' | '/readyz';
}

/** A cluster as somebody sees it who was asked for a support bundle, with that person's rights. Failures are PortErrors. */
export interface ClusterSurvey {
  /** What the API server says of its own version. */
  version(signal: AbortSignal): Promise<unknown>;
  /** As of one moment, without managedFields and kubectl's copy of an object. */
  list(kind: SurveyedKind, place: SurveyedPlace, signal: AbortSignal): Promise<Surveyed>;
  /** Undefined where there is none. */
  find(kind: SurveyedKind, named: { readonly namespace?: string; readonly name: string }, signal: AbortSignal): Promise<Fields | undefined>;
  log(log: PodLog, signal: AbortSignal): Promise<TextEnd>;
  /** By way of the API server, which has to reach the pod. */
  page(page: PodPage, signal: AbortSignal): Promise<TextEnd>;
}
