import { randomUUID } from 'node:crypto';
import type { RepairOutcome } from '../../src/domain/ports/learning-repository.ts';
import { newAnomaly } from './ingest.ts';

/** An outcome that nobody has recorded yet, of an anomaly that nobody knows. */
export function repairOutcome(over: Partial<RepairOutcome> = {}): RepairOutcome {
  return { id: randomUUID(), anomalyKey: newAnomaly(), action: 'restart_pod', success: true, by: 'bot', ...over };
}
