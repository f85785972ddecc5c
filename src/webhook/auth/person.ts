import type { ObjectAccess } from '../../domain/ports/token-reviewer.ts';
import { type ApiAdmission, type ApiGate, refused, tokenIn } from './api-caller.ts';
import { sameSecret } from './credentials.ts';

export interface PersonRequest {
  readonly header: string | undefined;
  readonly access: ObjectAccess;
  readonly signal: AbortSignal;
}

const SIGN_IN =
  'sign in with a Kubernetes token (kubectl create token, or that of your own login), or decide by `awoooi approve` and kubectl';

/**
 * Which user of Kubernetes calls, who may do this to that object. A named token of the API is held by many and proves no person; nor does
 * a door that stands open.
 */
export async function admitPerson(
  { credentials, tokenReviewer }: ApiGate,
  { header, access, signal }: PersonRequest,
): Promise<ApiAdmission> {
  const token = tokenIn(header);
  const named = credentials().api.find(entry => sameSecret(token, entry.token));
  if (named) return refused(403, `the API token ${named.name} proves no person, and a person must decide this: ${SIGN_IN}`);
  if (token === '' || !tokenReviewer) return refused(403, `nothing here proves who you are, and a person must decide this: ${SIGN_IN}`);
  const reviewed = await tokenReviewer.review(token, access, signal);
  if (reviewed.is === 'allowed') return { is: 'admitted', caller: reviewed.username };
  if (reviewed.is === 'unknown') return refused(401, 'the API token is not known');
  const { verb, group, resource, namespace, name } = access;
  const right = `the verb ${verb} on ${resource}.${group}`;
  return refused(403, `${reviewed.username} has not ${right} for ${name} in namespace ${namespace}: ask for a role with it`);
}
