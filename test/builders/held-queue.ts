import { type QueueMetrics, type QueueOptions, WorkQueue } from '../../src/kube/queue.ts';
import type { Priority } from '../../src/kube/ready-keys.ts';

export type Ending = 'ok' | 'fail' | { readonly requeueAfterMs: number; readonly requeueAs?: Priority };

export const middle = () => 0.5;

export function silentMetrics(): QueueMetrics {
  return { depth() {}, latency() {}, work() {}, retry() {}, overdue() {} };
}

interface Held {
  readonly signal: AbortSignal;
  end(how: Ending): void;
}

interface Start {
  readonly key: string;
  readonly priority: Priority;
  /** Whether the key was under way already. */
  readonly twice: boolean;
}

/** A queue whose turns last until the test ends them. */
export function heldQueue(options: Partial<QueueOptions> = {}) {
  const running = new Map<string, Held>();
  const log: string[] = [];
  const starts: Array<(start: Start) => void> = [];
  const queue = new WorkQueue({
    workers: 2,
    turnDeadlineMs: 1e9,
    random: middle,
    metrics: silentMetrics(),
    onFailure: key => log.push(`failed ${key}`),
    turn: (key, signal, priority) =>
      new Promise((resolve, reject) => {
        for (const tell of starts) tell({ key, priority, twice: running.has(key) });
        log.push(key);
        running.set(key, {
          signal,
          end(how) {
            running.delete(key);
            if (how === 'fail') reject(new Error('wanted'));
            else resolve(how === 'ok' ? {} : how);
          },
        });
      }),
    ...options,
  });
  return { queue, running, log, onStart: (tell: (start: Start) => void) => starts.push(tell) };
}
