import { PortError } from '../../domain/ports/port-error.ts';
import type { SentryAnswer } from './sentry-api.ts';

/** Of a hundred entries each. A server that always names a next page would hold us for ever. */
const MOST_PAGES = 200;

/** Every page of a list, in order. Only the cursor is taken from the link: followed whole, it could carry the token to another host. */
export async function* pages(ask: (cursor: string | undefined) => Promise<SentryAnswer>): AsyncGenerator<readonly unknown[]> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { body, headers } = await ask(cursor);
    if (!Array.isArray(body))
      throw new PortError('malformed', "Sentry's answer is not a list: check that SENTRY_API_URL is that of a Sentry");
    yield body;
    cursor = nextCursor(headers['link'] ?? '');
    if (cursor === undefined) return;
  }
  throw new PortError('malformed', `Sentry's list has not ended after ${MOST_PAGES} pages`);
}

/** `<…?cursor=0:100:0>; rel="next"; results="true"`: there is a next link also behind the last page, with results="false". */
export function nextCursor(link: string): string | undefined {
  const next = [...link.matchAll(/<([^<>]*)>([^<]*)/g)].find(
    ([, , params = '']) => /\brel="next"/.test(params) && /\bresults="true"/.test(params),
  );
  return URL.parse(next?.[1] ?? '')?.searchParams.get('cursor') ?? undefined;
}
