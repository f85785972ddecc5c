import type { PauseRequest } from '../ports/repair-pause.ts';

/** A pause of all repairs in the words of the API. */
export interface PauseView {
  readonly paused: boolean;
  readonly requests: { readonly by: string; readonly reason: string; readonly since: string }[];
}

/** Who has asked for the longest comes first. */
export function pauseView(requests: readonly PauseRequest[]): PauseView {
  const inOrder = requests.toSorted((a, b) => a.since.getTime() - b.since.getTime() || (a.by < b.by ? -1 : 1));
  return { paused: requests.length > 0, requests: inOrder.map(({ by, reason, since }) => ({ by, reason, since: since.toISOString() })) };
}
