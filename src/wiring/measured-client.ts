import { type KubeClient, KubeError } from '../kube/client.ts';
import type { ApiCall } from '../telemetry/kube-metrics.ts';

/** A client whose calls are counted with their status, fault and duration. Watches are the reflectors' own to count. */
export function measuredClient(client: KubeClient, count: (call: ApiCall) => void): KubeClient {
  return {
    ...client,
    async request(request) {
      const started = performance.now();
      const took = (): number => (performance.now() - started) / 1000;
      try {
        const answer = await client.request(request);
        count({ verb: request.method, status: 200, seconds: took() });
        return answer;
      } catch (err) {
        const facts = err instanceof KubeError ? { status: err.status, fault: err.reason } : { fault: 'Unexpected' };
        count({ verb: request.method, ...facts, seconds: took() });
        throw err;
      }
    },
  };
}
