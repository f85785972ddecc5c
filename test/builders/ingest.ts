import { randomBytes } from 'node:crypto';
import type { Alert } from '../../src/domain/alerts/alert.ts';
import { incidentId } from '../../src/domain/incidents/partition.ts';
import type { Ingest, Told } from '../../src/domain/ports/incident-store.ts';

/** An anomaly that no other test knows; in the given partition, or in any. */
export function newAnomaly(partition?: number): string {
  const hash = randomBytes(8).toString('hex');
  return `v1-${partition === undefined ? hash : partition.toString(16) + hash.slice(1)}`;
}

const newRandom = (): string => randomBytes(7).toString('hex').slice(0, 13);

export const start = (n = 0): Date => new Date(Date.UTC(2026, 10, 23, 8) + n * 60_000);

/** Undefined: the sender says nothing of the start. */
export type AlertOver = Partial<Omit<Alert, 'startsAt'>> & { readonly startsAt?: Date | undefined };

function alertOf({ startsAt, ...over }: AlertOver): Alert {
  return {
    source: 'alertmanager',
    status: 'firing',
    name: 'HighErrorRate',
    anomalyKey: newAnomaly(),
    fingerprint: 'f1',
    severity: 'warning',
    labels: { alertname: 'HighErrorRate', namespace: 'shop' },
    annotations: { summary: 'it fails' },
    links: { generator: 'https://prometheus.example/graph' },
    ...over,
    ...(startsAt && { startsAt }),
  };
}

export const NOBODY: Told = { onOpen: [], onChange: [], later: [] };

export function ingestOf(over: AlertOver = {}, rest: Partial<Omit<Ingest, 'alert'>> = {}): Ingest {
  const alert = alertOf({ startsAt: start(), ...over });
  return { alert, newId: incidentId(alert.anomalyKey, newRandom()), told: NOBODY, settleMs: 0, ...rest };
}
