import { PortError } from '../domain/ports/port-error.ts';
import type { SignozRules } from '../domain/ports/signoz-rules.ts';
import type { RuleMetrics, RuleOperation } from '../telemetry/rule-metrics.ts';

/** The same calls to SigNoz, counted with their outcome and duration. */
export function measuredRules(rules: SignozRules, called: RuleMetrics['called']): SignozRules {
  async function measured<T>(operation: RuleOperation, call: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const took = (): number => (performance.now() - began) / 1000;
    try {
      const answer = await call();
      called(operation, 'ok', took());
      return answer;
    } catch (err) {
      called(operation, err instanceof PortError ? err.fault : 'unexpected', took());
      throw err;
    }
  }
  return {
    list: (connection, see, signal) => measured('list', () => rules.list(connection, see, signal)),
    get: (connection, id, signal) => measured('get', () => rules.get(connection, id, signal)),
    create: (connection, body, signal) => measured('create', () => rules.create(connection, body, signal)),
    replace: (connection, rule, signal) => measured('replace', () => rules.replace(connection, rule, signal)),
    remove: (connection, id, signal) => measured('remove', () => rules.remove(connection, id, signal)),
    test: (connection, body, signal) => measured('test', () => rules.test(connection, body, signal)),
    channelNames: (connection, signal) => measured('channels', () => rules.channelNames(connection, signal)),
  };
}
