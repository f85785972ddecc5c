import type { PrometheusSender } from '../../domain/alerts/alert.ts';
import type { PromotedAction } from '../../domain/ports/promotion-memory.ts';

/**
 * Every key and channel, in one place; README.md says what each holds. An operation touches only keys of one slot, so a Cluster may spread
 * them.
 */
export const KEYS = {
  drill: (nonce: string): string => `awoooi:drill:${nonce}`,
  refusals: 'awoooi:refusals',
  received: 'awoooi:received',
  lastReceived: 'awoooi:last-received',
  lastGood: 'awoooi:last-good',
  writable: 'awoooi:writable',
  watchdogs: (source: PrometheusSender): string => `awoooi:watchdogs:${source}`,
  /** What all keys of a partition begin with; its braces make them one slot. The scripts of incidents and outbox append the rest. */
  partition: (partition: number): string => `awoooi:{p${String(partition).padStart(2, '0')}}`,
  sendRate: (limit: string): string => `awoooi:send-rate:${limit}`,
  sendWaits: (limit: string): string => `awoooi:send-waits:${limit}`,
  brokenChains: 'awoooi:broken-chains',
  /** Named so since there were presses alone. */
  deed: (deedId: string): string => `awoooi:press:${deedId}`,
  questions: 'awoooi:questions',
  opened: 'awoooi:opened',
  imported: 'awoooi:learning:imported',
  promoted: ({ anomalyKey, action }: PromotedAction): string => `awoooi:promoted:${anomalyKey}:${action}`,
  storm: (chat: string): string => `awoooi:storm:${chat}`,
  drillApproval: (id: string): string => `awoooi:drill-approval:${id}`,
} as const;

/** Carries the first return of a drill through each receiver, as JSON. */
export const RETURNS_CHANNEL = 'awoooi:drill-returns';
