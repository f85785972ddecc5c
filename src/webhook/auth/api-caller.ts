import type { ApiAccess, TokenReviewer } from '../../domain/ports/token-reviewer.ts';
import { type Credentials, presented, sameSecret } from './credentials.ts';

export type ApiAdmission =
  | { readonly is: 'admitted'; readonly caller: string }
  | { readonly is: 'refused'; readonly status: 401 | 403; readonly reason: string };

export interface ApiRequest {
  readonly header: string | undefined;
  readonly access: ApiAccess;
  /** Until when Kubernetes has to answer; begun only where it is asked, for a timer of each request costs more than a named token does. */
  readonly deadline: () => AbortSignal;
}

export interface ApiGate {
  readonly credentials: () => Pick<Credentials, 'api' | 'allowUnauthenticated'>;
  /** Absent where Kubernetes tokens are not taken. */
  readonly tokenReviewer?: TokenReviewer;
}

/**
 * Who calls the API: a named token, or else a Kubernetes token. Either comes as Bearer or as the password of Basic, for clients such as
 * Flagger that can only put it into the URL. Throws PortError when Kubernetes cannot be asked.
 */
export async function admitCaller(
  { credentials, tokenReviewer }: ApiGate,
  { header, access, deadline }: ApiRequest,
): Promise<ApiAdmission> {
  const { api, allowUnauthenticated } = credentials();
  const token = tokenIn(header);
  const [named] = api.filter(entry => sameSecret(token, entry.token));
  if (named) return { is: 'admitted', caller: named.name };
  const opened = allowUnauthenticated && api.length === 0;
  if (opened && (token === '' || !tokenReviewer)) return { is: 'admitted', caller: 'anonymous' };
  if (token === '') return refused(401, 'the request carries no API token');
  const reviewed = await tokenReviewer?.review(token, access, deadline());
  if (reviewed?.is === 'allowed') return { is: 'admitted', caller: reviewed.username };
  if (reviewed?.is === 'forbidden')
    return refused(403, `RBAC does not let ${reviewed.username} ${access.verb} the nonResourceURL ${access.path}`);
  return refused(401, 'the API token is not known');
}

export function tokenIn(header: string | undefined): string {
  const given = presented(header);
  if (given.scheme === 'bearer') return given.token;
  return given.scheme === 'basic' ? given.password : '';
}

export function refused(status: 401 | 403, reason: string): ApiAdmission {
  return { is: 'refused', status, reason };
}
