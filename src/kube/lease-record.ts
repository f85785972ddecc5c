import { isRawObject, isRecord } from './object.ts';

/** The spec of a coordination.k8s.io/v1 Lease. Timestamps are passed on as they came: another holder's are not ours to round. */
export interface LeaseRecord {
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly acquireTime: string | undefined;
  readonly renewTime: string | undefined;
  readonly leaseTransitions: number;
}

/** A Lease as the API server holds it, with what else stands in it: a PUT takes away what it does not name. */
export interface HeldLease {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly record: LeaseRecord;
}

/** Reads an answer of the API server; undefined when it is no Lease. */
export function readLease(answer: unknown): HeldLease | undefined {
  if (!isRawObject(answer)) return undefined;
  const spec = isRecord(answer['spec']) ? answer['spec'] : {};
  // Left out, they stay: only an empty list would take them away.
  const { managedFields: _, ...metadata } = answer.metadata;
  return {
    metadata,
    spec,
    record: {
      holderIdentity: text(spec['holderIdentity']) ?? '',
      leaseDurationSeconds: count(spec['leaseDurationSeconds']),
      acquireTime: text(spec['acquireTime']),
      renewTime: text(spec['renewTime']),
      leaseTransitions: count(spec['leaseTransitions']),
    },
  };
}

/** metav1.MicroTime: six digits exactly, which Date does not give. */
export function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : 0;
}
