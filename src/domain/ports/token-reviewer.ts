export interface ApiAccess {
  /** A lower-case HTTP verb, as RBAC's nonResourceURLs name it. */
  readonly verb: string;
  readonly path: string;
}

export type TokenVerdict =
  | { readonly is: 'allowed'; readonly username: string }
  | { readonly is: 'forbidden'; readonly username: string }
  | { readonly is: 'unknown' };

/**
 * Says whose Kubernetes token this is (TokenReview) and whether its owner may do this (SubjectAccessReview on the nonResourceURL). Failures
 * are PortErrors.
 */
export interface TokenReviewer {
  review(token: string, access: ApiAccess, signal: AbortSignal): Promise<TokenVerdict>;
}
