import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { digest, type Presented, presented, type SenderCredentials } from './credentials.ts';

/** `by-body` where only the body, once it is read, can show who sent it. */
export type Admission = { readonly is: 'admitted' } | { readonly is: 'by-body' } | { readonly is: 'refused'; readonly reason: string };

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
  credentials: SenderCredentials,
  { allowUnauthenticated }: { readonly allowUnauthenticated: boolean },
): Admission {
  const { bearerTokens, basic } = credentials;
  if (bearerTokens.length + basic.length === 0) {
    if (allowUnauthenticated) return ADMITTED;
    return { is: 'refused', reason: 'no credential is configured for this sender, so nobody may send' };
  }
  const given = presented(header);
  const { tokens, logins } = digestsOf(credentials);
  const matches = given.scheme === 'basic' ? loginMatches(given, logins) : tokenMatches(given, tokens);
  return matches.includes(true) ? ADMITTED : { is: 'refused', reason: refusal(given) };
}

interface Digests {
  readonly tokens: readonly Buffer[];
  readonly logins: readonly { readonly username: Buffer; readonly password: Buffer }[];
}

/** Of what is configured, for as long as it stays: made anew for each request they would take longer than all else of admitting one. */
const kept = new WeakMap<SenderCredentials, Digests>();

/** An empty secret is left out: it stands for one that was forgotten. */
function digestsOf(credentials: SenderCredentials): Digests {
  const known = kept.get(credentials);
  if (known) return known;
  const made = {
    tokens: credentials.bearerTokens.filter(token => token !== '').map(digest),
    logins: credentials.basic
      .filter(({ username, password }) => username !== '' && password !== '')
      .map(({ username, password }) => ({ username: digest(username), password: digest(password) })),
  };
  kept.set(credentials, made);
  return made;
}

function tokenMatches(given: Presented, tokens: readonly Buffer[]): boolean[] {
  const token = digest(given.scheme === 'bearer' ? given.token : '');
  return tokens.map(configured => timingSafeEqual(token, configured));
}

function loginMatches(given: Extract<Presented, { scheme: 'basic' }>, logins: Digests['logins']): boolean[] {
  const [username, password] = [digest(given.username), digest(given.password)];
  return logins.map(configured => {
    const user = timingSafeEqual(username, configured.username);
    const secret = timingSafeEqual(password, configured.password);
    return user && secret;
  });
}

function refusal({ scheme }: Presented): string {
  if (scheme === 'none') return 'the request has no Authorization header';
  if (scheme === 'other') return 'the Authorization header is neither Bearer nor Basic';
  return scheme === 'bearer' ? 'the bearer token is not one that is configured' : 'the user name or password is not one that is configured';
}
