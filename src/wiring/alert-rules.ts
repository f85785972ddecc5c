import { setTimeout as pause } from 'node:timers/promises';
import { clusterIdentity } from '../adapters/kubernetes/cluster-identity.ts';
import { promqlSyntax } from '../adapters/promql/promql-syntax.ts';
import { ruleController } from '../controllers/signozalertrule/controller.ts';
import { SIGNOZ_ALERT_RULE } from '../crds/signozalertrule/kind.ts';
import { type StoredSignozAlertRule, storedSignozAlertRule } from '../crds/signozalertrule/stored.ts';
import type { WholeSecretReader } from '../domain/ports/secret-reader.ts';
import type { SignozConnection, SignozRules } from '../domain/ports/signoz-rules.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Controller, EventSink, KindController } from '../kube/controller.ts';
import type { Store } from '../kube/store.ts';
import type { ControllerSeries } from '../telemetry/controller-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/registry.ts';
import { ruleMetrics } from '../telemetry/rule-metrics.ts';
import { measuredRules } from './measured-rules.ts';

export interface AlertRulesParts {
  readonly client: KubeClient;
  readonly cache: Store<StoredSignozAlertRule>;
  /** Where the settings give none, the cluster is asked. */
  readonly clusterId: string | undefined;
  readonly rules: SignozRules;
  readonly secrets: WholeSecretReader;
  readonly defaultSignoz: (namespace: string) => SignozConnection | undefined;
  readonly events: EventSink;
  readonly metrics: Metrics;
  readonly controllers: (name: string) => ControllerSeries;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The controller that keeps the rules of SignozAlertRules in SigNoz. */
export function alertRules(parts: AlertRulesParts): Controller {
  const { client, cache, log } = parts;
  const counted = ruleMetrics(parts.metrics);
  counted.readFrom(() => readiness(cache));
  const frame = {
    client,
    cache,
    parse: storedSignozAlertRule,
    events: parts.events,
    fieldManager: 'awoooi-operator',
    metrics: parts.controllers(SIGNOZ_ALERT_RULE.singular),
    log,
    now: parts.now,
    random: Math.random,
  };
  return {
    name: SIGNOZ_ALERT_RULE.singular,
    async start(signal, leadership) {
      const clusterId = parts.clusterId ?? (await identity(parts, AbortSignal.any([signal, leadership.signal])));
      if (clusterId === undefined) return;
      const kind: KindController = ruleController({
        frame,
        rules: measuredRules(parts.rules, counted.called),
        secrets: parts.secrets,
        defaultSignoz: parts.defaultSignoz,
        syntax: await promqlSyntax(),
        clusterId,
        drifted: counted.drifted,
        monotonic: () => performance.now(),
      });
      await kind.start(signal, leadership);
    },
  };
}

const IDENTITY_AGAIN_MS = 5_000;

/** Without knowing which cluster this is no rule may be touched. Undefined when the signal fired first. */
async function identity({ client, log }: AlertRulesParts, signal: AbortSignal): Promise<string | undefined> {
  while (!signal.aborted) {
    try {
      return await clusterIdentity(client, signal);
    } catch (err) {
      if (!signal.aborted) log.warn({ err }, 'alert rules are not looked after yet: it is not known which cluster this is');
    }
    await pause(IDENTITY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

function* readiness(cache: Store<StoredSignozAlertRule>): Iterable<string> {
  for (const { status } of cache.list()) yield status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown';
}
