import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { SignozRules } from '../../domain/ports/signoz-rules.ts';
import type { Wanted } from '../../domain/rule/wanted-rule.ts';
import type { RuleMetrics } from '../../telemetry/rule-metrics.ts';
import type { Connections } from './connections.ts';
import type { Deletions } from './deletions.ts';
import type { Signozes } from './signozes.ts';

export interface RuleDeps {
  readonly rules: SignozRules;
  readonly connections: Connections;
  readonly signozes: Signozes;
  readonly deletions: Deletions;
  /** What the spec asks for, in SigNoz' words. */
  readonly wanted: (rule: SignozAlertRule) => Wanted;
  readonly clusterId: string;
  readonly drifted: RuleMetrics['drifted'];
  /** Gives up all that is kept of a key. */
  readonly forget: (key: string) => void;
}
