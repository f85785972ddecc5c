import type { Refusal } from '../ports/drill-registry.ts';

/** Whether its body went unread, so that it may have been any alert. */
export function isUnread({ nonces, bodyRead }: Refusal): boolean {
  return nonces.length === 0 && !bodyRead;
}

/** By its own time, or by a nonce: then the clock of the replica that wrote it does not matter. */
export function isAskedFor({ at, nonces }: Refusal, since: Date, asked: readonly string[]): boolean {
  return at >= since || nonces.some(nonce => asked.includes(nonce));
}
