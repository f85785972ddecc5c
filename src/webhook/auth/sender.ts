import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Presented, presented, type SenderCredentials, sameSecret } from './credentials.ts';

export type Admission = { readonly is: 'admitted' } | { readonly is: 'refused'; readonly reason: string };

const ADMITTED: Admission = { is: 'admitted' };
const UNKNOWN: Admission = { is: 'refused', reason: 'nobody has looked at who the sender is' };
/** Where the admission is kept on a request. */
const ADMISSION = 'admission';

export function declareAdmission(app: FastifyInstance): void {
  app.decorateRequest(ADMISSION, null);
}

export function keepAdmission(request: FastifyRequest, admission: Admission): void {
  request.setDecorator(ADMISSION, admission);
}

/** What was decided of the sender by the header of its request; refused until then. */
export function admissionOf(request: FastifyRequest): Admission {
  return request.getDecorator<Admission | null>(ADMISSION) ?? UNKNOWN;
}

/** Whether a sender of alerts may come in, by its Authorization header. Every credential is compared, also after one has matched. */
export function admitSender(
  header: string | undefined,
  { bearerTokens, basic }: SenderCredentials,
  { allowUnauthenticated }: { readonly allowUnauthenticated: boolean },
): Admission {
  if (bearerTokens.length + basic.length === 0) {
    if (allowUnauthenticated) return ADMITTED;
    return { is: 'refused', reason: 'no credential is configured for this sender, so nobody may send' };
  }
  const given = presented(header);
  const matches = [...bearerTokens.map(token => isToken(given, token)), ...basic.map(login => isLogin(given, login))];
  return matches.includes(true) ? ADMITTED : { is: 'refused', reason: refusal(given) };
}

function isToken(given: Presented, token: string): boolean {
  return sameSecret(given.scheme === 'bearer' ? given.token : '', token);
}

function isLogin(given: Presented, { username, password }: { username: string; password: string }): boolean {
  const user = sameSecret(given.scheme === 'basic' ? given.username : '', username);
  const secret = sameSecret(given.scheme === 'basic' ? given.password : '', password);
  return user && secret;
}

function refusal({ scheme }: Presented): string {
  if (scheme === 'none') return 'the request has no Authorization header';
  if (scheme === 'other') return 'the Authorization header is neither Bearer nor Basic';
  return scheme === 'bearer' ? 'the bearer token is not one that is configured' : 'the user name or password is not one that is configured';
}
