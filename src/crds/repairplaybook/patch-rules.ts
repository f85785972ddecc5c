import type { Rule } from '../rule.ts';
import { matches } from '../text.ts';
import type { StepFields } from './step.ts';

/** Images, env, args and resources of a container, and replicas. */
export const WORKLOAD_PATHS =
  /^\/spec\/(replicas|template\/spec\/(containers|initContainers)\/[0-9]+\/(image|(env|args|resources)(\/.+)?))$/;

/** One entry of a ConfigMap's data. Its keys know no `~`. */
export const CONFIG_MAP_PATHS = /^\/data\/[-._A-Za-z0-9]+$/;

const celAll = (pattern: RegExp): string =>
  `self.parameters.patch.all(operation, operation.op == 'test' || ${matches('operation.path', pattern)})`;

const onlyAt = ({ parameters }: StepFields, pattern: RegExp): boolean =>
  (parameters.patch ?? []).every(({ op, path }) => op === 'test' || pattern.test(path));

/** Where a JSON Patch may change something: `test` changes nothing, and may look anywhere. */
export const PATCH_RULES: readonly Rule<StepFields>[] = [
  {
    cel: `!has(self.parameters.patch) || has(self.parameters.configMap) || ${celAll(WORKLOAD_PATHS)}`,
    message:
      "a patch may change /spec/replicas and, below /spec/template/spec/containers/0 (or initContainers, or another number), image, env, args and resources alone: correct the path, or set configMap for a ConfigMap's data",
    holds: step => step.parameters.configMap !== undefined || onlyAt(step, WORKLOAD_PATHS),
  },
  {
    cel: `!has(self.parameters.patch) || !has(self.parameters.configMap) || ${celAll(CONFIG_MAP_PATHS)}`,
    message: 'a patch of a ConfigMap may change its data alone, key by key: write a path such as /data/LOG_LEVEL',
    holds: step => step.parameters.configMap === undefined || onlyAt(step, CONFIG_MAP_PATHS),
  },
  {
    cel: "!has(self.parameters.patch) || self.parameters.patch.exists(operation, operation.op != 'test')",
    message: 'the patch changes nothing: add an operation add, replace or remove',
    holds: ({ parameters: { patch } }) => patch === undefined || patch.some(({ op }) => op !== 'test'),
  },
];
