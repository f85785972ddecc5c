import { InvalidArgumentError } from 'commander';
import { Duration, durationMs } from '../crds/duration.ts';

/** A `--timeout` in milliseconds. */
export function timeoutMs(text: string): number {
  const duration = Duration.safeParse(text);
  if (duration.success && durationMs(duration.data) > 0) return durationMs(duration.data);
  throw new InvalidArgumentError('Give a duration such as 90s or 5m.');
}
