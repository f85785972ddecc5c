import { PortError } from '../../domain/ports/port-error.ts';
import { type ProbeVerdict, unjudged, verdict } from '../../domain/verdict/verdict.ts';
import type { WebhookDeps } from '../deps.ts';

const READ_WITHIN_MS = 5000;

/** The verdict on one probe. A probe that cannot be read is a no with its reason, never an error: gates take any error for a broken gate. */
export async function judge(
  { probes, now, logger }: Pick<WebhookDeps, 'probes' | 'now' | 'logger'>,
  { namespace, name, maxAgeSeconds }: { namespace: string; name: string; maxAgeSeconds: number },
): Promise<ProbeVerdict> {
  try {
    const probe = await probes.find(namespace, name, AbortSignal.timeout(READ_WITHIN_MS));
    return verdict(probe, { name: `${namespace}/${name}`, maxAgeSeconds, now: now() });
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    logger.warn({ probe: `${namespace}/${name}`, err }, 'a probe could not be read for its verdict');
    return unjudged({ hop: null, cause: 'ProbeUnreadable', message: 'The probe could not be read from the API server; try again.' });
  }
}
