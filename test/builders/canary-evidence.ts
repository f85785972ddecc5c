import type { ObservedAlert, ReplicaEvidence } from '../../src/domain/attribution/evidence.ts';
import type { AlertState, NotificationCounters } from '../../src/domain/ports/alertmanager.ts';
import type { Refusal } from '../../src/domain/ports/drill-registry.ts';
import { canaryAlert } from '../../src/domain/routing/canary-alert.ts';
import { type RawRoute, routeTree } from '../../src/domain/routing/route-tree.ts';

const ADDRESS = '10.0.0.7';
export const NONCE = 'abcdefghijklmnopqrstuvwxyz';

export const plan = (route: RawRoute = {}) => {
  const tree = routeTree({ receiver: 'ours', group_by: ['...'], ...route });
  return canaryAlert({ tree, receiver: 'ours', nonce: NONCE, labels: {} });
};

export const replica = (own: Partial<ReplicaEvidence> = {}): ReplicaEvidence => ({
  name: 'http://am:9093',
  address: ADDRESS,
  nonce: NONCE,
  posted: true,
  version: '0.33.1',
  plan: plan(),
  strayRoutes: [],
  budgetMs: 10_000,
  growth: grown({}),
  ...own,
});

export const back = (afterMs = 20, receiver = 'ours') => ({ back: { afterMs, receiver } });

export function grown(own: Partial<NotificationCounters>): NotificationCounters {
  return { sent: 0, failed: 0, requests: 0, requestsFailed: 0, failedByReason: {}, ...own };
}

export function seen(state: Partial<AlertState>, more: Partial<ObservedAlert> = {}): { alert: ObservedAlert } {
  const plain: AlertState = {
    fingerprint: 'f',
    labels: {},
    receivers: ['ours'],
    state: 'active',
    silencedBy: [],
    inhibitedBy: [],
    mutedBy: [],
  };
  return { alert: { state: { ...plain, ...state }, silences: [], inhibitors: [], ...more } };
}

export function refusal(status: number, own: Partial<Refusal> = {}): Refusal {
  const from = { remote: ADDRESS, userAgent: 'Alertmanager/0.33.1' };
  return { at: new Date(0), route: '/api/v1/webhooks/alertmanager', status, reason: 'because', nonces: [], ...from, ...own };
}

export const SILENCED = seen({ state: 'suppressed', silencedBy: ['s-1'] }, { silences: [{ id: 's-1' }] });
export const api = (own: Partial<NonNullable<ReplicaEvidence['apiFailure']>>): Partial<ReplicaEvidence> => ({
  posted: false,
  apiFailure: { doing: 'read its status', fault: 'unreachable', message: 'no way', ...own },
});
