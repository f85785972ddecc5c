import { type Fault, PortError } from '../../domain/ports/port-error.ts';
import { KubeError } from '../../kube/client.ts';

/** The API server's failures in the words of the ports. `doing` says what was tried, for people. */
export function portFailure(err: unknown, doing: string): PortError {
  if (!(err instanceof KubeError)) throw err;
  const { status, retryAfterMs } = err;
  return new PortError(faultOf(status), `${doing}: ${err.message}`, {
    cause: err,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(status !== undefined && { statusCode: status }),
  });
}

export const isNotFound = (err: unknown): boolean => err instanceof KubeError && err.status === 404;

export const isForbidden = (err: unknown): boolean => err instanceof KubeError && err.status === 403;

function faultOf(status: number | undefined): Fault {
  if (status === undefined) return 'unreachable';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'unavailable' : 'rejected';
}
