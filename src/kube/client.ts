import type { KeptText } from './kept-text.ts';

/** What became of a request to the API server. `status` is undefined when no answer came. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number | undefined;
  /** metav1.Status.reason, for example `Conflict` or `NotFound`; for a missing answer `Unreachable` or `Timeout`. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: ErrorOptions & { status?: number; reason: string; retryAfterMs?: number }) {
    super(message, facts);
    this.status = facts.status;
    this.reason = facts.reason;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

export type PatchType =
  | 'application/apply-patch+yaml'
  | 'application/merge-patch+json'
  | 'application/json-patch+json'
  | 'application/strategic-merge-patch+json';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path, for example `/apis/awoooi.io/v1alpha1/namespaces/default/alertchainprobes/x/status`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly patchType?: PatchType;
  /** 15 s unless told otherwise. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** A page of plain text, such as the log of a pod. */
export interface TextRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Of a longer answer the end is kept. */
  readonly keepBytes: number;
  readonly deadlineMs: number;
  /** Statuses beside 2xx whose answer is wanted as well, unless the API server gives it itself. */
  readonly also?: readonly number[];
  readonly signal?: AbortSignal;
}

export interface WatchRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Silence longer than this ends the watch with an error. */
  readonly idleMs: number;
  /** The API server has granted the watch; events may be long in coming. */
  readonly granted?: () => void;
  readonly signal: AbortSignal;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/** What is not JSON, for those who show it to people. Throws KubeError. */
export interface KubeTexts {
  text(request: TextRequest): Promise<KeptText>;
}

/**
 * HTTP to one API server. Every call has a deadline; failures are KubeErrors. Nothing is retried here but one 401 after re-reading the
 * token.
 */
export interface KubeClient {
  request(request: KubeRequest): Promise<unknown>;
  /** One watch on a connection of its own, closed when the iteration ends, however it ends. Throws KubeError. */
  watch(request: WatchRequest): AsyncIterable<WatchEvent>;
  close(): Promise<void>;
}
