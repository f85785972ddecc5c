import { DAY_MS } from '../../domain/incidents/windows.ts';
import type { Alert } from '../../domain/alerts/alert.ts';
import { type Memory, type Standing, tokenOf, UNNAMED } from '../../domain/incidents/judgement.ts';

export interface Anomaly {
  readonly firstSeen: Date;
  incidentId: string;
  readonly standings: Map<string, Standing>;
  /** When each occurrence was counted, by fingerprint and token. */
  readonly counted: Map<string, number>;
}

export interface Anomalies {
  recall(
    alert: Alert,
    now: number,
  ): { readonly anomaly: Anomaly | undefined; readonly memory: Pick<Memory, 'standing' | 'countedAt' | 'unnamedAt' | 'request'> };
  /** Counts one occurrence more; its alert fires now. */
  count(alert: Alert, now: Date): Anomaly;
  /** Gives the occurrence by which the alert stands the token of this message. */
  name(alert: Alert): void;
  requested(alert: Alert, incidentId: string, now: number): void;
  /** None of the alerts of this incident fires any more, as far as anybody knows: one that is heard of again, in the same words, is news. */
  ended(of: { readonly anomalyKey: string; readonly id: string }): void;
}

/** What is remembered of the alerts of each anomaly. */
export function anomalies(): Anomalies {
  const all = new Map<string, Anomaly>();
  const requests = new Map<string, { readonly incidentId: string; readonly at: number }>();

  return {
    recall(alert, now) {
      const anomaly = all.get(alert.anomalyKey);
      const standing = anomaly?.standings.get(alert.fingerprint);
      const token = tokenOf(alert);
      const countedAt = token === undefined ? undefined : anomaly?.counted.get(memberOf(alert, token));
      const unnamedAt = standing?.token.startsWith(UNNAMED) ? anomaly?.counted.get(memberOf(alert, standing.token)) : undefined;
      const before = alert.requestId === undefined ? undefined : requests.get(requestKey(alert));
      return {
        anomaly,
        memory: {
          ...(standing && { standing }),
          ...(countedAt !== undefined && { countedAt }),
          ...(unnamedAt !== undefined && { unnamedAt }),
          ...(before && now - before.at < DAY_MS && { request: { incidentId: before.incidentId } }),
        },
      };
    },
    count(alert, now) {
      const anomaly = all.get(alert.anomalyKey) ?? { firstSeen: now, incidentId: '', standings: new Map(), counted: new Map() };
      all.set(alert.anomalyKey, anomaly);
      const token = tokenOf(alert) ?? `${UNNAMED}${anomaly.counted.size}`;
      const startsAt = alert.startsAt?.getTime();
      anomaly.standings.set(alert.fingerprint, { status: 'firing', token, ...(startsAt !== undefined && { startsAt }) });
      anomaly.counted.set(memberOf(alert, token), now.getTime());
      return anomaly;
    },
    name(alert) {
      const anomaly = all.get(alert.anomalyKey);
      const before = anomaly?.standings.get(alert.fingerprint);
      const token = tokenOf(alert);
      if (!anomaly || !before || token === undefined) return;
      const startsAt = alert.startsAt?.getTime();
      anomaly.standings.set(alert.fingerprint, { status: 'firing', token, ...(startsAt !== undefined && { startsAt }) });
      const at = anomaly.counted.get(memberOf(alert, before.token));
      anomaly.counted.delete(memberOf(alert, before.token));
      if (at !== undefined) anomaly.counted.set(memberOf(alert, token), at);
    },
    requested(alert, incidentId, now) {
      if (alert.requestId !== undefined) requests.set(requestKey(alert), { incidentId, at: now });
    },
    ended({ anomalyKey, id }) {
      const anomaly = all.get(anomalyKey);
      if (anomaly?.incidentId !== id) return;
      for (const [print, { status, token }] of anomaly.standings) {
        if (status !== 'firing') continue;
        anomaly.standings.delete(print);
        anomaly.counted.delete(`${print}|${token}`);
      }
    },
  };
}

function requestKey({ anomalyKey, requestId, fingerprint }: Alert): string {
  return JSON.stringify([anomalyKey, requestId, fingerprint]);
}

function memberOf({ fingerprint }: Alert, token: string): string {
  return `${fingerprint}|${token}`;
}
