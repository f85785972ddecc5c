import type { PromqlSyntax } from '../domain/ports/promql-syntax.ts';
import type { RuleBody } from '../domain/ports/signoz-rules.ts';
import { wantedRule } from '../domain/rule/wanted-rule.ts';
import type { CliDeps, Opened } from './deps.ts';
import { type FiledRule, keyOf, ruleFiles } from './rule-files.ts';

export interface WantedRule extends FiledRule {
  /** `namespace/name` */
  readonly key: string;
  /** In SigNoz' words, nobody's. */
  readonly body: RuleBody;
  /** Who is told; nobody where SigNoz' routing policies decide. */
  readonly channels: readonly string[];
}

interface Reading {
  readonly syntax: PromqlSyntax;
  readonly namespace?: string | undefined;
  readonly deps: CliDeps;
}

/** The rules that these files ask for, or everything that is wrong: in the files, or in what SigNoz would store and never evaluate. */
export async function wantedRules(paths: readonly string[], { syntax, namespace, deps }: Reading): Promise<Opened<readonly WantedRule[]>> {
  const files = await ruleFiles(paths, namespace, deps);
  if (!files.ok) return files;
  const problems: string[] = [];
  const wanted = files.value.flatMap(filed => {
    const { spec, metadata } = filed.rule;
    const key = keyOf(filed.rule);
    const made = wantedRule({ spec, name: metadata.name, owner: { clusterId: 'none', ...metadata } }, syntax);
    if (!made.ok) {
      problems.push(`${filed.place}: ${key}: ${made.reason}: ${made.message}`);
      return [];
    }
    const { source: _mark, ...body } = made.body;
    return [{ ...filed, key, body, channels: spec.notificationSettings?.usePolicy === true ? [] : made.channels }];
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: wanted };
}
