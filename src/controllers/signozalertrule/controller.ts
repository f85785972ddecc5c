import type { StoredSignozAlertRule } from '../../crds/signozalertrule/stored.ts';
import { SIGNOZ_ALERT_RULE } from '../../crds/signozalertrule/kind.ts';
import type { PromqlSyntax } from '../../domain/ports/promql-syntax.ts';
import type { WholeSecretReader } from '../../domain/ports/secret-reader.ts';
import type { SignozConnection, SignozRules } from '../../domain/ports/signoz-rules.ts';
import { wantedRule } from '../../domain/rule/wanted-rule.ts';
import { type ControllerFrame, controller, type KindController } from '../../kube/controller.ts';
import type { RuleMetrics } from '../../telemetry/rule-metrics.ts';
import { Connections } from './connections.ts';
import { Deletions } from './deletions.ts';
import type { RuleDeps } from './deps.ts';
import { explain } from './faults.ts';
import { ruleReconciler } from './reconcile.ts';
import { Signozes } from './signozes.ts';
import { validated } from './validated.ts';
import { Wishes } from './wishes.ts';

const WORKERS = 32;
/** Longer than SigNoz works at any one request. */
const TURN_DEADLINE_MS = 90_000;
const DRAIN_MS = 20_000;

export interface RuleControllerOptions {
  readonly frame: ControllerFrame<StoredSignozAlertRule>;
  readonly rules: SignozRules;
  readonly secrets: WholeSecretReader;
  readonly defaultSignoz: (namespace: string) => SignozConnection | undefined;
  readonly syntax: PromqlSyntax;
  /** Tells the rules of this cluster from those of others in the same SigNoz. */
  readonly clusterId: string;
  readonly drifted: RuleMetrics['drifted'];
  readonly monotonic: () => number;
}

/** The controller of SignozAlertRules. What it knows of SigNoz ends with its leadership: the next leader lists anew. */
export function ruleController(options: RuleControllerOptions): KindController {
  const { frame, rules, clusterId, monotonic } = options;
  const connections = new Connections({ secrets: options.secrets, defaultSignoz: options.defaultSignoz, monotonic });
  const signozes = new Signozes({
    rules,
    connections,
    clusterId,
    enqueue: (key, priority) => kind.enqueue(key, priority),
    monotonic,
    random: frame.random,
    log: frame.log,
  });
  const deletions = new Deletions();
  const wishes = new Wishes(({ spec, metadata: { namespace, name, uid } }) =>
    wantedRule({ spec, name, owner: { clusterId, namespace, name, uid } }, options.syntax),
  );
  const deps: RuleDeps = {
    rules,
    connections,
    signozes,
    deletions,
    wanted: rule => wishes.of(rule),
    clusterId,
    drifted: options.drifted,
    forget: key => {
      signozes.release(key);
      deletions.forget(key);
      wishes.forget(key);
    },
  };
  const kind = controller<StoredSignozAlertRule>({
    ...frame,
    name: SIGNOZ_ALERT_RULE.singular,
    resource: SIGNOZ_ALERT_RULE,
    reconcile: validated(ruleReconciler(deps), deps),
    explain,
    onGone: deps.forget,
    onEnd: () => {
      signozes.stop();
      deletions.clear();
      wishes.clear();
    },
    workers: WORKERS,
    turnDeadlineMs: TURN_DEADLINE_MS,
    drainMs: DRAIN_MS,
  });
  return kind;
}
