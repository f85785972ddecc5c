import { PortError } from '../domain/ports/port-error.ts';
import type { LiveRule } from '../domain/ports/signoz-rules.ts';
import type { CliDeps, SignozSession } from './deps.ts';
import { environment, refused } from './given.ts';

export const SIGNOZ_HELP = `
Variables, also from a file by --env-file:
  SIGNOZ_URL        the SigNoz, with its path where it has one
  SIGNOZ_API_KEY    an API key of the role editor; or SIGNOZ_API_KEY_FILE
  SIGNOZ_CA_FILE    PEM of the authorities to trust, where SigNoz has one of its own`;

/** Asks the SigNoz of the environment; 2 where the settings are wrong, or where it does not answer as it should. */
export async function askSignoz(
  envFile: string | undefined,
  deps: CliDeps,
  ask: (session: SignozSession) => Promise<number>,
): Promise<number> {
  const env = await environment(envFile, deps);
  if (!env.ok) return refused(env.problems, deps);
  const opened = deps.openSignoz(env.value);
  if (!opened.ok) return refused(opened.problems, deps);
  try {
    return await ask(opened.value);
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    return refused([`SigNoz at ${opened.value.connection.url}: ${err.message}`], deps);
  } finally {
    await opened.value.close();
  }
}

/** Every rule, in the order of names and ids. */
export async function liveRules({ rules, connection }: SignozSession, signal: AbortSignal): Promise<readonly LiveRule[]> {
  const found: LiveRule[] = [];
  await rules.list(connection, rule => void found.push(rule), signal);
  return found.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf(rule: LiveRule): string {
  return `${nameOf(rule)}\u0000${rule.id}`;
}

export function nameOf({ body }: Pick<LiveRule, 'body'>): string {
  return typeof body['alert'] === 'string' ? body['alert'] : '';
}
