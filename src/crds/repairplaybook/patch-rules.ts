import type { Rule } from '../rule.ts';
import { matches } from '../text.ts';
import type { PatchOperation, StepFields } from './step.ts';

/** Images, env, args and resources of a container, and replicas. */
const WORKLOAD_PATHS =
  /^\/spec\/(replicas|template\/spec\/(containers|initContainers)\/(0|[1-9][0-9]{0,3})\/(image|(env|args|resources)(\/.+)?))$/;

/** Before a place is changed by its number, a `test` may ask whose it is. */
const CONTAINER_NAMES = /^\/spec\/template\/spec\/(containers|initContainers)\/(0|[1-9][0-9]{0,3})\/name$/;

/** One entry of a ConfigMap's data: `.` and `..` are no keys, nor what begins like the latter. */
const CONFIG_MAP_PATHS = /^\/data\/([-_A-Za-z0-9]|[.][-_A-Za-z0-9])[-._A-Za-z0-9]*$/;

const celAll = (allowed: string): string => `self.parameters.patch.all(operation, ${allowed})`;
const patches = ({ parameters }: StepFields): readonly PatchOperation[] => parameters.patch ?? [];

const celOfWorkload = celAll(
  `${matches('operation.path', WORKLOAD_PATHS)} || (operation.op == 'test' && ${matches('operation.path', CONTAINER_NAMES)})`,
);
const ofWorkload = ({ op, path }: PatchOperation): boolean => WORKLOAD_PATHS.test(path) || (op === 'test' && CONTAINER_NAMES.test(path));

/** What a JSON Patch may change, and look at. */
export const PATCH_RULES: readonly Rule<StepFields>[] = [
  {
    cel: `!has(self.parameters.patch) || has(self.parameters.configMap) || ${celOfWorkload}`,
    message:
      "a patch may change /spec/replicas and, below /spec/template/spec/containers/0 (or initContainers, or another number), image, env, args and resources alone: correct the path, or set configMap for a ConfigMap's data",
    holds: step => step.parameters.configMap !== undefined || patches(step).every(ofWorkload),
  },
  {
    cel: `!has(self.parameters.patch) || !has(self.parameters.configMap) || ${celAll(matches('operation.path', CONFIG_MAP_PATHS))}`,
    message: 'a patch of a ConfigMap may change its data alone, key by key: write a path such as /data/LOG_LEVEL',
    holds: step => step.parameters.configMap === undefined || patches(step).every(({ path }) => CONFIG_MAP_PATHS.test(path)),
  },
  {
    cel: "!has(self.target) || self.target.kind != 'DaemonSet' || !has(self.parameters.patch) || !self.parameters.patch.exists(operation, operation.path == '/spec/replicas')",
    message: 'a DaemonSet has no replicas: remove the operation on /spec/replicas',
    holds: step => step.target?.kind !== 'DaemonSet' || patches(step).every(({ path }) => path !== '/spec/replicas'),
  },
  {
    cel: "!has(self.parameters.patch) || self.parameters.patch.exists(operation, operation.op != 'test')",
    message: 'the patch changes nothing: add an operation add, replace or remove',
    holds: ({ parameters: { patch } }) => patch === undefined || patch.some(({ op }) => op !== 'test'),
  },
];
