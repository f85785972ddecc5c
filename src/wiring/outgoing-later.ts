import type { Config } from '../config/load.ts';
import { type OutgoingClient, outgoingClient } from '../net/outgoing.ts';

/** The client for wherever specs lead. Its calls wait until it is known what specs are to be kept from, and fail when that cannot be found out. */
export function outgoingLater(denied: Promise<readonly string[]>, { deny, allow }: Config['network']): OutgoingClient {
  const made = denied.then(known => outgoingClient({ deny: [...known, ...deny], allow }));
  // Whoever hands in the promise awaits it too, and tells of its failure.
  made.catch(() => undefined);
  return {
    send: async request => (await made).send(request),
    resolve: async (host, signal) => (await made).resolve(host, signal),
    close: () =>
      made.then(
        client => client.close(),
        () => undefined,
      ),
  };
}
