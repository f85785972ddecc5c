import { z } from 'zod';
import type { Effect } from '../config/slices/faults.ts';
import { SIGNOZ_ALERT_RULE } from '../crds/signozalertrule/kind.ts';
import type { SignozRules } from '../domain/ports/signoz-rules.ts';
import type { KubeClient, KubeRequest } from '../kube/client.ts';
import { around, type Failpoint } from './failpoints.ts';

/** The rules of SigNoz, dying at the failpoint as by `kill -9`. */
export function failingRules(rules: SignozRules, failpoint: Failpoint): SignozRules {
  if (!failpoint) return rules;
  const at = around(failpoint);
  return {
    ...rules,
    create: (connection, body, signal) => at('rule-create', () => rules.create(connection, body, signal)),
    replace: (connection, rule, signal) => at('rule-replace', () => rules.replace(connection, rule, signal)),
    remove: (connection, id, signal) => at('rule-remove', () => rules.remove(connection, id, signal)),
  };
}

/** The same for what is recorded of them on the API server. */
export function failingRuleRecords(client: KubeClient, failpoint: Failpoint): KubeClient {
  if (!failpoint) return client;
  const at = around(failpoint);
  return { ...client, request: request => at(recordOf(request), () => client.request(request)) };
}

const Finalizers = z.array(z.object({ path: z.string(), value: z.unknown() }));

function recordOf({ method, path, body }: KubeRequest): Effect | undefined {
  if (method !== 'PATCH' || !path.includes(`/${SIGNOZ_ALERT_RULE.plural}/`)) return undefined;
  if (path.endsWith('/status')) return 'rule-record';
  const change = Finalizers.safeParse(body).data?.find(operation => operation.path === '/metadata/finalizers');
  return Array.isArray(change?.value) && change.value.length > 0 ? 'rule-claim' : 'rule-release';
}
