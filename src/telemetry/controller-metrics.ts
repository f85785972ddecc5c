import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

const BUCKETS = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 60];

/** What one controller counts of its queue and its turns. */
export interface ControllerSeries {
  readonly queue: {
    depth(keys: number): void;
    latency(seconds: number): void;
    work(seconds: number): void;
    retry(): void;
    overdue(): void;
  };
  turn(result: string, seconds: number): void;
  statusWrite(result: 'written' | 'unchanged' | 'failed'): void;
}

/** Registers the series of controllers, once a process; returns the maker of one controller's. */
export function controllerMetrics(page: Metrics): (name: string) => ControllerSeries {
  const queue = queueSeries(page);
  const make = instruments(page);
  const turns = make.counter({ name: 'awoooi_reconcile_total', help: 'Turns by controller and result.', labels: ['controller', 'result'] });
  const seconds = make.histogram({
    name: 'awoooi_reconcile_duration_seconds',
    help: 'How long a turn took.',
    labels: ['controller'],
    buckets: BUCKETS,
  });
  const writes = make.counter({
    name: 'awoooi_status_writes_total',
    help: 'Statuses by what became of them.',
    labels: ['controller', 'result'],
  });

  return controller => {
    seconds.zero({ controller });
    for (const result of ['written', 'unchanged', 'failed']) writes.inc({ controller, result }, 0);
    return {
      queue: queue(controller),
      turn(result, took) {
        turns.inc({ controller, result });
        seconds.observe({ controller }, took);
      },
      statusWrite: result => writes.inc({ controller, result }),
    };
  };
}

/** The names are those of client-go, so that its dashboards and alerts fit. */
function queueSeries(page: Metrics): (name: string) => ControllerSeries['queue'] {
  const make = instruments(page);
  const labels = ['name'];
  const depth = make.gauge({ name: 'workqueue_depth', help: 'Keys that wait for a worker.', labels });
  const adds = make.counter({ name: 'workqueue_adds_total', help: 'Keys that were handed to a worker.', labels });
  const retries = make.counter({ name: 'workqueue_retries_total', help: 'Turns that failed and are repeated with backoff.', labels });
  const overdue = make.counter({ name: 'awoooi_workqueue_overdue_total', help: 'Turns that did not end at their deadline.', labels });
  const waiting = make.histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long a key waited for a worker.',
    labels,
    buckets: BUCKETS,
  });
  const working = make.histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long a turn kept its worker.',
    labels,
    buckets: BUCKETS,
  });

  return name => {
    depth.set({ name }, 0);
    for (const metric of [adds, retries, overdue]) metric.inc({ name }, 0);
    for (const metric of [waiting, working]) metric.zero({ name });
    return {
      depth: keys => depth.set({ name }, keys),
      latency(seconds) {
        adds.inc({ name });
        waiting.observe({ name }, seconds);
      },
      work: seconds => working.observe({ name }, seconds),
      retry: () => retries.inc({ name }),
      overdue: () => overdue.inc({ name }),
    };
  };
}
