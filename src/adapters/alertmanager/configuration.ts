import { Lexer, parse } from 'yaml';
import type { AlertmanagerStatus } from '../../domain/ports/alertmanager.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { RouteTreeError, routeTree } from '../../domain/routing/route-tree.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { Configuration } from './schema.ts';

/** What newer versions put in place of a URL (0.33 does, 0.25 does not). */
const REDACTED = '<secret>';

/** Three thousand routes are 300 KB. */
const LONGEST = 512 * 1024;
/** Reading costs some microseconds for each word and mark, and `[],[],` has many in little text. Three thousand routes have 105,000. */
const MOST_PIECES = 150_000;
/** Errors and warnings that show their lines take a time that grows with the square, and warnings would be printed. */
const YAML = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const;

/** Reads `config.original` of `/api/v2/status`: the configuration that is live, written anew by Alertmanager itself. Throws PortError. */
export function liveConfiguration(original: string): Pick<AlertmanagerStatus, 'route' | 'webhookUrls'> {
  if (!isReadable(original)) {
    const most = `${LONGEST / 1024} KiB or ${MOST_PIECES} words and marks`;
    throw new PortError('malformed', `the configuration that Alertmanager reports is not read, for it has more than ${most}`);
  }
  try {
    // Alertmanager wrote it from what it had read, so no key is there twice; to look for one takes a time that grows with the square.
    const { route, receivers } = Configuration.parse(parse(original, YAML));
    return {
      route: routeTree(route),
      webhookUrls: new Map(receivers.map(({ name, webhook_configs }) => [name, shownUrls(webhook_configs)])),
    };
  } catch (err) {
    const why = err instanceof RouteTreeError ? err.message : excerpt(String(err));
    throw new PortError('malformed', `the configuration that Alertmanager reports cannot be read: ${why}`);
  }
}

/** Whoever answers at the address of a probe must not hold up everybody else. */
function isReadable(original: string): boolean {
  if (original.length > LONGEST) return false;
  let pieces = 0;
  for (const _ of new Lexer().lex(original)) {
    pieces += 1;
    if (pieces > MOST_PIECES) return false;
  }
  return true;
}

function shownUrls(configs: readonly { url?: string | undefined }[] = []): string[] {
  return configs.flatMap(({ url }) => (url === undefined || url === REDACTED ? [] : [url]));
}
