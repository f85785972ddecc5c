import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

/** What one reflector counts. */
export interface ReflectorSeries {
  listed(facts: { readonly objects: number; readonly tookMs: number }): void;
  watching(): void;
  failed(reason: string): void;
  /** Shows how long ago that was: `lastActivity` is by performance.now(), and undefined as long as nothing was heard. */
  heardOf(lastActivity: () => number | undefined): void;
}

/** One call to the API server. `fault` is a KubeError's reason, and absent when the call went well. */
export interface ApiCall {
  readonly verb: string;
  readonly status?: number | undefined;
  readonly fault?: string | undefined;
  readonly seconds: number;
}

export interface KubeMetrics {
  reflector(resource: string): ReflectorSeries;
  call(call: ApiCall): void;
  readonly lease: LeaseSeries;
  readonly events: { event(result: 'written' | 'limited' | 'failed' | 'dropped'): void };
}

export interface LeaseSeries {
  leading(yes: boolean): void;
  transition(): void;
  renewFailure(): void;
}

/** Registers the series of the API client, the reflectors and the lease. */
export function kubeMetrics(page: Metrics): KubeMetrics {
  const make = instruments(page);
  const calls = make.counter({
    name: 'awoooi_kube_requests_total',
    help: 'Calls to the API server by verb, status and fault.',
    labels: ['verb', 'status', 'fault'],
  });
  const seconds = make.histogram({
    name: 'awoooi_kube_request_duration_seconds',
    help: 'How long a call to the API server took.',
    labels: ['verb'],
    buckets: BUCKETS,
  });
  return {
    reflector: reflectorSeries(page),
    lease: leaseSeries(page),
    events: eventSeries(page),
    call({ verb, status, fault = 'none', seconds: took }) {
      calls.inc({ verb, status: status === undefined ? 'none' : String(status), fault });
      seconds.observe({ verb }, took);
    },
  };
}

function leaseSeries(page: Metrics): LeaseSeries {
  const make = instruments(page);
  const leader = make.gauge({ name: 'awoooi_leader', help: 'Whether this process holds the lease: 1 or 0.' });
  const transitions = make.counter({
    name: 'awoooi_leader_transitions_total',
    help: 'Changes of the lease from one holder to another, as seen here.',
  });
  const failures = make.counter({ name: 'awoooi_lease_renew_failures_total', help: 'Attempts at the lease that failed.' });
  leader.set(0);
  return {
    leading: yes => leader.set(yes ? 1 : 0),
    transition: () => transitions.inc(),
    renewFailure: () => failures.inc(),
  };
}

function eventSeries(page: Metrics): KubeMetrics['events'] {
  const results = ['written', 'limited', 'failed', 'dropped'] as const;
  const events = instruments(page).counter({
    name: 'awoooi_events_total',
    help: 'Kubernetes Events by what became of them.',
    labels: ['result'],
  });
  for (const result of results) events.inc({ result }, 0);
  return { event: result => events.inc({ result }) };
}

function reflectorSeries(page: Metrics): KubeMetrics['reflector'] {
  const make = instruments(page);
  const labels = ['resource'];
  const lists = make.counter({ name: 'awoooi_reflector_lists_total', help: 'Complete lists of a kind.', labels });
  const objects = make.gauge({ name: 'awoooi_reflector_objects', help: 'Objects that the last list held.', labels });
  const watches = make.counter({ name: 'awoooi_reflector_watches_total', help: 'Watches begun on a kind.', labels });
  const failures = make.counter({
    name: 'awoooi_reflector_failures_total',
    help: 'Lists and watches that failed, by reason.',
    labels: ['resource', 'reason'],
  });
  const followed = new Map<string, () => number | undefined>();
  make.gauge({
    name: 'awoooi_reflector_silence_seconds',
    help: 'For how long the cache of a kind has heard nothing of the API server, which speaks about once a minute.',
    labels,
    collect: gauge => {
      // Since the process began, where it has heard nothing yet.
      for (const [resource, lastActivity] of followed) gauge.set({ resource }, (performance.now() - (lastActivity() ?? 0)) / 1000);
    },
  });
  return resource => {
    for (const metric of [lists, watches]) metric.inc({ resource }, 0);
    objects.set({ resource }, 0);
    return {
      listed(facts) {
        lists.inc({ resource });
        objects.set({ resource }, facts.objects);
      },
      watching: () => watches.inc({ resource }),
      failed: reason => failures.inc({ resource, reason }),
      heardOf: lastActivity => void followed.set(resource, lastActivity),
    };
  };
}
