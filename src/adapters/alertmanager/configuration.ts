import { parse } from 'yaml';
import type { AlertmanagerStatus } from '../../domain/ports/alertmanager.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { RouteTreeError, routeTree } from '../../domain/routing/route-tree.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { Configuration } from './schema.ts';

/** What newer versions put in place of a URL (0.33 does, 0.25 does not). */
const REDACTED = '<secret>';

/** Reads `config.original` of `/api/v2/status`: the configuration that is live, written anew by Alertmanager itself. Throws PortError. */
export function liveConfiguration(original: string): Pick<AlertmanagerStatus, 'route' | 'webhookUrls'> {
  try {
    const { route, receivers } = Configuration.parse(parse(original, { schema: 'failsafe' }));
    return {
      route: routeTree(route),
      webhookUrls: new Map(receivers.map(({ name, webhook_configs }) => [name, shownUrls(webhook_configs)])),
    };
  } catch (err) {
    const why = err instanceof RouteTreeError ? err.message : excerpt(String(err));
    throw new PortError('malformed', `the configuration that Alertmanager reports cannot be read: ${why}`);
  }
}

function shownUrls(configs: readonly { url?: string | undefined }[] = []): string[] {
  return configs.flatMap(({ url }) => (url === undefined || url === REDACTED ? [] : [url]));
}
