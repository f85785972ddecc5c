import { z } from 'zod';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { postableRule } from '../builders/signoz-rule.ts';
import { doomed } from './doomed.ts';
import { alertRule, rulesOn, type ShownRule, signozSecret } from './rule-stage.ts';
import { type Stage, stageIn } from './stage.ts';

export const OBJECT = 'errors';

/** What is asked of an operator that dies over it, and what SigNoz must have been asked for once somebody has come after it. */
interface Story {
  readonly failpoints: readonly string[];
  /** Whether the object is there and has its rule before. */
  readonly isNew?: boolean;
  /** Whether the object is gone in the end. */
  readonly ends?: boolean;
  readonly spec?: object;
  readonly act: (at: Place) => Promise<unknown>;
  readonly writes: readonly string[];
  /** What SigNoz has in the end. */
  readonly rules: readonly object[];
}

/** A namespace and a SigNoz for one story. */
export interface Place {
  readonly stage: Stage;
  readonly signoz: Signoz;
}

const both = (...effects: readonly string[]): string[] => effects.flatMap(effect => [`${effect}:before`, `${effect}:after`]);
const twice = (effect: string): string[] => [...both(effect), `${effect}:before:2`, `${effect}:after:2`];
const apply =
  (spec: object = {}): Story['act'] =>
  ({ stage }) =>
    stage.apply(alertRule(OBJECT, spec));
const remove: Story['act'] = ({ stage }) => stage.kubectl('delete', 'sar', OBJECT, '--wait=false');
const Stored = z.record(z.string(), z.unknown());

export const STORIES: Readonly<Record<string, Story>> = {
  // Its status is written twice: that SigNoz is asked, and what came of it.
  create: {
    failpoints: [...both('rule-claim', 'rule-create'), ...twice('rule-record')],
    isNew: true,
    act: apply(),
    writes: ['POST'],
    rules: [{ alert: OBJECT, state: 'inactive' }],
  },
  'create disabled': {
    failpoints: both('rule-replace'),
    isNew: true,
    act: apply({ disabled: true }),
    writes: ['POST', 'PUT'],
    rules: [{ alert: OBJECT, state: 'disabled' }],
  },
  change: {
    failpoints: both('rule-replace', 'rule-record'),
    act: apply({ name: 'Another' }),
    writes: ['PUT'],
    rules: [{ alert: 'Another', state: 'inactive' }],
  },
  'put drift right': {
    failpoints: both('rule-replace'),
    act: async ({ signoz }) => signoz.editAs('ann@example.com', onlyId(signoz), rule => ({ ...rule, alert: 'Hers' })),
    writes: ['PUT'],
    rules: [{ alert: OBJECT }],
  },
  'create again': {
    failpoints: both('rule-create'),
    act: async ({ signoz }) => signoz.deleteRule(onlyId(signoz)),
    writes: ['POST'],
    rules: [{ alert: OBJECT }],
  },
  adopt: {
    failpoints: both('rule-claim', 'rule-replace'),
    isNew: true,
    act: async ({ stage, signoz }) => {
      const [ruleId] = signoz.seed([postableRule({ alert: 'theirs', source: '' })]);
      await stage.apply(alertRule(OBJECT, { adoption: { policy: 'ById', ruleId } }));
    },
    writes: ['PUT'],
    rules: [{ alert: OBJECT }],
  },
  'delete a copy': {
    failpoints: both('rule-remove'),
    act: async ({ signoz }) => signoz.seed(signoz.snapshot().map(({ raw }) => Stored.parse(JSON.parse(raw)))),
    writes: ['DELETE'],
    rules: [{ alert: OBJECT }],
  },
  delete: { failpoints: both('rule-remove', 'rule-release'), ends: true, act: remove, writes: ['DELETE'], rules: [] },
  'delete, and disable the rule': {
    failpoints: both('rule-replace'),
    spec: { deletionPolicy: 'Disable' },
    ends: true,
    act: remove,
    writes: ['PUT'],
    rules: [{ state: 'disabled' }],
  },
};

function onlyId(signoz: Signoz): string {
  return String(signoz.rules()[0]?.['id']);
}

/** Writes of rules that a SigNoz was asked for, but for the first `after`. */
export function writesAt({ requests }: Signoz, after = 0): string[] {
  return requests
    .filter(({ method, path }) => method !== 'GET' && path.includes('/rules'))
    .map(({ method }) => method)
    .slice(after);
}

export async function placeFor(first: Stage, name: string, { isNew = false, spec = {} }: Story): Promise<Place> {
  const [stage, signoz] = await Promise.all([
    stageIn(first.cluster, name),
    startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }] }),
  ]);
  await stage.apply(signozSecret(signoz), ...(isNew ? [] : [alertRule(OBJECT, spec)]));
  return { stage, signoz };
}

/** What one death left behind. */
export interface Death {
  readonly object: ShownRule | undefined;
  /** How many writes of before the story do not count. */
  readonly before: number;
  readonly written: readonly string[];
}

/** Lets an operator begin the story, and die over it. */
export async function death(
  first: Stage,
  at: Place,
  story: { readonly redisUrl: string; readonly failpoint: string; readonly act: Story['act'] },
): Promise<Death> {
  const { stage, signoz } = at;
  const before = writesAt(signoz).length;
  await story.act(at);
  const own = { AWOOOI_NAMESPACES: stage.namespace, AWOOOI_POD_NAMESPACE: stage.namespace, AWOOOI_FAILPOINT: story.failpoint };
  await doomed(story.failpoint, first.operator(story.redisUrl, own));
  const there = (await stage.kubectl('get', 'sar', OBJECT, '--ignore-not-found')) !== '';
  return { object: there ? await rulesOn(stage).show(OBJECT) : undefined, before, written: writesAt(signoz, before) };
}
