import { passesByItself, PortError } from '../../domain/ports/port-error.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { Version } from './schema.ts';
import type { Ask } from './signoz-api.ts';

/** The first with `/api/v2/rules` (contracts/signoz.md, section 0.1). */
const OLDEST_MINOR = 120;

/**
 * What an `unsupported` means, found out by asking SigNoz for its version: before v0.120 it answers `/api/v2/rules` as any unknown route. The
 * failure to throw.
 */
export async function whyUnsupported(ask: Ask, found: PortError): Promise<PortError> {
  const version = await versionOf(ask);
  if (version instanceof PortError) return version;
  if (version === undefined) return found;
  const shown = excerpt(version, [], 40);
  const options = found.statusCode === undefined ? {} : { statusCode: found.statusCode };
  if (isOlder(version)) {
    const message = `SigNoz ${shown} is too old: alert rules need v0.120 or newer (v0.133 is the tested floor), so upgrade it`;
    return new PortError('unsupported', message, { ...options, detail: 'too-old' });
  }
  return new PortError('unsupported', `SigNoz ${shown} is there, but ${found.message}: check what leads to its API`, options);
}

function isOlder(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return major === '0' && Number(minor) < OLDEST_MINOR;
}

/** Undefined where nothing there says a version of SigNoz; a failure where it may say so a moment later. */
async function versionOf(ask: Ask): Promise<string | PortError | undefined> {
  try {
    const answer = await ask({ method: 'GET', path: '/api/v1/version', isBare: true });
    return Version.safeParse(answer.is === 'success' ? answer.body : undefined).data?.version;
  } catch (err) {
    if (passesByItself(err)) return err;
    if (err instanceof PortError) return undefined;
    throw err;
  }
}
