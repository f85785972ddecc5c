import type { Dispatcher } from 'undici';
import { excerpt } from '../domain/text/excerpt.ts';
import { credentialsIn } from '../domain/text/masking.ts';
import { NetError } from './net-error.ts';
import type { OutgoingRequest } from './outgoing.ts';

export interface Prepared {
  readonly dispatch: Dispatcher.RequestOptions;
  /** `METHOD origin/path` for messages: without userinfo and query, masked. */
  readonly where: string;
  /** All that must be masked in this call's errors. */
  readonly secrets: readonly string[];
}

/** Reads the request apart. Throws NetError('invalid-request') for a URL that is none of http or https. */
export function prepared(request: OutgoingRequest): Prepared {
  const url = parsedUrl(request);
  const headers = withAuthorization(request.headers ?? {}, url);
  const secrets = [...(request.secrets ?? []), ...credentialsIn(headers['authorization']), decoded(url.password)];
  return {
    dispatch: {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers,
      ...(request.body !== undefined && { body: request.body }),
    },
    where: excerpt(`${request.method} ${url.origin}${url.pathname}`, secrets, 300),
    secrets,
  };
}

function parsedUrl({ url, method, secrets }: OutgoingRequest): URL {
  const parsed = URL.parse(url);
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new NetError('invalid-request', `${method} ${excerpt(url, secrets)}: this is not an http or https URL`);
}

/** Header names in lower case; userinfo of the URL becomes Basic authorization where the caller gave none. */
function withAuthorization(given: Readonly<Record<string, string>>, url: URL): Record<string, string> {
  const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const [user = '', password = ''] = userinfoOf(url);
  if (user === '' && password === '') return headers;
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, ...headers };
}

function userinfoOf(url: URL): string[] {
  return url.username === '' && url.password === '' ? [] : [decoded(url.username), decoded(url.password)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
