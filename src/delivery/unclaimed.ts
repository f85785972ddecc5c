import type { DeedLog } from '../domain/ports/deed-log.ts';
import type { Logger } from '../telemetry/logger.ts';
import { failureFields } from './complaint.ts';

/** Also after the deadline of the deed itself: what was not done must not stay claimed. */
const RELEASE_WITHIN_MS = 5_000;

/** Lets what was not done be claimed again. Where that fails too, the claim ends by itself. */
export async function unclaimed(
  deedId: string,
  { log, logger }: { readonly log: DeedLog; readonly logger: Pick<Logger, 'warn'> },
): Promise<void> {
  await log.release(deedId, AbortSignal.timeout(RELEASE_WITHIN_MS)).catch((err: unknown) => {
    logger.warn({ deed: deedId, ...failureFields(err) }, 'what was not done stays claimed until its claim ends by itself');
  });
}
