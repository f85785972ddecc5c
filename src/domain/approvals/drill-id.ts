import { newNonce } from '../drills/nonce.ts';

const PATTERN = /^drill-[a-z0-9]{26}$/;

/** Of an approval that is a drill: it can be told from that of a run at sight. */
export function newDrillId(): string {
  return `drill-${newNonce()}`;
}

export function isDrillId(id: string): boolean {
  return PATTERN.test(id);
}
