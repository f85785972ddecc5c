export interface ApiAccess {
  /** A lower-case HTTP verb, as RBAC's nonResourceURLs name it. */
  readonly verb: string;
  readonly path: string;
}

/** One object of Kubernetes, by its name. */
export interface ObjectAccess {
  readonly verb: string;
  readonly group: string;
  /** In the plural. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

export type TokenVerdict =
  | { readonly is: 'allowed'; readonly username: string }
  | { readonly is: 'forbidden'; readonly username: string }
  | { readonly is: 'unknown' };

/**
 * Says whose Kubernetes token this is (TokenReview) and whether its owner may do this (SubjectAccessReview, on the nonResourceURL or on the
 * object). Failures are PortErrors.
 */
export interface TokenReviewer {
  review(token: string, access: ApiAccess | ObjectAccess, signal: AbortSignal): Promise<TokenVerdict>;
}
