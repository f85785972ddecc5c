import { NetError } from '../../net/net-error.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';

export interface OutgoingFetch {
  readonly fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Why the last call brought no answer: the SDK keeps of it only that there was none. */
  failure(): NetError | undefined;
}

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205]);

/** What the SDK takes for fetch, over the one outgoing client: or the deny list and the limits of answers would not hold for it. */
export function outgoingFetch(
  client: OutgoingClient,
  { apiKey, deadlineMs, signal }: { readonly apiKey: string | undefined; readonly deadlineMs: number; readonly signal: AbortSignal },
): OutgoingFetch {
  let failure: NetError | undefined;
  return {
    failure: () => failure,
    async fetch(url, init = {}) {
      const headers = Object.fromEntries(new Headers(init.headers));
      // The SDK insists on a key; servers without one would take it amiss.
      if (apiKey === undefined) delete headers['authorization'];
      try {
        const {
          status,
          headers: answered,
          body,
        } = await client.send({
          method: 'POST',
          url: url instanceof Request ? url.url : String(url),
          headers,
          ...(typeof init.body === 'string' && { body: init.body }),
          ...(apiKey !== undefined && { secrets: [apiKey] }),
          deadlineMs,
          signal,
        });
        return new Response(WITHOUT_BODY.has(status) ? null : body, { status, headers: withoutLength(answered) });
      } catch (err) {
        if (err instanceof NetError) failure = err;
        throw err;
      }
    },
  };
}

/** The body has been read and decoded already. */
function withoutLength(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'content-length': _, 'content-encoding': __, 'transfer-encoding': ___, ...rest } = headers;
  return rest;
}
