import type { DrillReturn } from '../ports/drill-registry.ts';

/** Whether a return is the one that is waited for; one that names no receiver may have come through any. */
export function cameThrough({ receiver }: Pick<DrillReturn, 'receiver'>, wanted: string | undefined): boolean {
  return wanted === undefined || receiver === undefined || receiver === wanted;
}

/** Of all returns of one nonce, in their order: the one through the receiver that is wanted, else the first. */
export function wantedReturn(returns: readonly DrillReturn[], wanted: string | undefined): DrillReturn | undefined {
  return returns.find(back => cameThrough(back, wanted)) ?? returns[0];
}

export function inOrder(returns: readonly DrillReturn[]): DrillReturn[] {
  return returns.toSorted((a, b) => a.returnedAt.getTime() - b.returnedAt.getTime());
}
