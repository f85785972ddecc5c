import { excerpt } from '../domain/text/excerpt.ts';
import { NetError, type NetErrorKind } from './net-error.ts';

const KINDS: ReadonlyMap<string, NetErrorKind> = new Map([
  ['ENOTFOUND', 'name-not-resolved'],
  ['EAI_AGAIN', 'name-not-resolved'],
  ['EAI_FAIL', 'name-not-resolved'],
  ['EAI_NODATA', 'name-not-resolved'],
  ['ENODATA', 'name-not-resolved'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'no-route'],
  ['ENETUNREACH', 'no-route'],
  ['EADDRNOTAVAIL', 'no-route'],
  ['EACCES', 'no-route'],
  ['ETIMEDOUT', 'timed-out'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timed-out'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['UND_ERR_DESTROYED', 'aborted'],
  ['UND_ERR_CLOSED', 'aborted'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'too-large'],
  ['UND_ERR_HEADERS_OVERFLOW', 'malformed'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'malformed'],
  ['UND_ERR_INVALID_ARG', 'invalid-request'],
  ['UND_ERR_NOT_SUPPORTED', 'invalid-request'],
  ['ERR_INVALID_URL', 'invalid-request'],
]);

/** OpenSSL's reasons why a certificate is not trusted, and Node's own. */
const TLS =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|CRL_)/;

/** What OpenSSL makes of an answer that is not TLS. */
const PLAIN_HTTP = /wrong version number|packet length too long/;

const SENTENCES: Readonly<Record<NetErrorKind, string>> = {
  'name-not-resolved': 'the name does not resolve',
  refused: 'the connection was refused',
  'no-route': 'there is no way to this address',
  'timed-out': 'the connection took too long',
  reset: 'the connection was cut before the answer was whole',
  tls: 'TLS failed',
  'address-denied': 'the address is denied',
  redirected: 'the answer is a redirect',
  'too-large': 'the answer is too long',
  malformed: 'the answer is not HTTP',
  'invalid-request': 'the request cannot be sent',
  aborted: 'the call was given up',
};

/** What a failure of undici or Node is in our words: `WHERE: sentence (CODE, detail)`, masked. A NetError keeps its kind and gains the place. */
export function failureOf(err: unknown, where: string, secrets: readonly string[]): NetError {
  if (err instanceof NetError) return new NetError(err.kind, excerpt(`${where}: ${err.message}`, secrets, 500), err.statusCode);
  const { code, message } = deepest(err);
  const kind = kindOf(code);
  if (kind === 'tls' && PLAIN_HTTP.test(message)) {
    return new NetError(kind, excerpt(`${where}: TLS failed (${code}): it speaks plain HTTP there: try http://`, secrets, 500));
  }
  const facts = (message.includes(code) ? [message] : [code, message]).filter(part => part !== '').join(', ');
  return new NetError(kind, excerpt(`${where}: ${SENTENCES[kind]}${facts ? ` (${facts})` : ''}`, secrets, 500));
}

function kindOf(code: string): NetErrorKind {
  const known = KINDS.get(code);
  if (known) return known;
  if (TLS.test(code)) return 'tls';
  return code.startsWith('HPE_') ? 'malformed' : 'reset';
}

/** Several addresses tried give an AggregateError: the first of them says why. Codes stand on the error or on its cause. */
function deepest(err: unknown): { code: string; message: string } {
  if (err instanceof AggregateError && err.errors.length > 0) return deepest(err.errors[0]);
  if (!(err instanceof Error)) return { code: '', message: String(err) };
  const code = 'code' in err && typeof err.code === 'string' ? err.code : '';
  if (code === '' && err.cause instanceof Error) return deepest(err.cause);
  // Undici gives some parser errors no code.
  return { code: code === '' && err.name === 'HTTPParserError' ? 'HPE_INVALID' : code, message: err.message };
}
