import type { HttpTarget } from '../../domain/ports/http-target.ts';
import { wireError } from '../../domain/ports/wire-failure.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';

/** The hop's own signal ends a call; this only keeps one from hanging for ever should the signal never fire. */
const BACKSTOP_MS = 10 * 60_000;

/** HttpTarget over the outgoing client: its deadline, its deny list and its masking hold for every hop. */
export function httpTarget(client: OutgoingClient): HttpTarget {
  return {
    async send(exchange, signal) {
      try {
        return await client.send({ ...exchange, signal, deadlineMs: BACKSTOP_MS });
      } catch (err) {
        throw err instanceof NetError ? wireError(err) : err;
      }
    },
  };
}
