import { createHash } from 'node:crypto';
import type { Analysis } from '../incidents/incident.ts';

/** Tells one analysis from the next, whoever read it from where. */
export function analysisHash({ by, asked, rootCause, impact, fix, prevention, confidence, at }: Analysis): string {
  const parts = [by, asked, rootCause, impact, fix, prevention, confidence, at.toISOString()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
