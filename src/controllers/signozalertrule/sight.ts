import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { LiveRule } from '../../domain/ports/signoz-rules.ts';
import type { RuleMarker } from '../../domain/rule/marker.ts';
import { nextRuleStep, type RuleFacts, type RuleStep } from '../../domain/rule/next-step.ts';
import type { RuleEntry } from '../../domain/rule/rule-entry.ts';
import type { Inventory } from './inventory.ts';
import type { Signoz } from './signoz.ts';

export interface SightOptions {
  readonly signoz: Signoz;
  /** As it is when it is asked for: a list may end while a single rule is looked at, and what was looked at is in the new one. */
  readonly inventory: () => Inventory;
  readonly owner: RuleMarker;
  readonly want: RuleFacts['want'];
  /** The id that the status names, where it is one of this SigNoz. */
  readonly recordedId: string | undefined;
  /** The rule that the step is about is asked for, however fresh what is known of it is. */
  readonly closely: boolean;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** A step and what it was decided on. */
export interface Sight {
  readonly step: RuleStep;
  /** Rules as they were just seen. */
  readonly live: ReadonlyMap<string, LiveRule>;
}

/**
 * Decides the next step of an object from what the last list said, and asks for single rules where that does not do: one that is not in the
 * list is not gone before SigNoz says so of its id, and what is to be written over is looked at first.
 */
export async function sightOf(rule: SignozAlertRule, options: SightOptions): Promise<Sight> {
  const looked = new Map<string, Awaited<ReturnType<Signoz['look']>>>();
  for (;;) {
    const step = nextRuleStep(factsOf(rule, { options, looked }));
    const next = toLookAt(rule, { options, step }).find(id => !looked.has(id));
    if (next === undefined) {
      const live = [...looked].flatMap(([id, found]) => (found.is === 'found' ? [[id, found.rule] as const] : []));
      return { step, live: new Map(live) };
    }
    looked.set(next, await options.signoz.look(next, options.signal));
  }
}

type Looked = ReadonlyMap<string, Awaited<ReturnType<Signoz['look']>>>;

function factsOf(rule: SignozAlertRule, { options, looked }: { options: SightOptions; looked: Looked }): RuleFacts {
  const { spec, status = {}, metadata } = rule;
  const { owner, want, recordedId, now } = options;
  const inventory = options.inventory();
  const key = `${metadata.namespace}/${metadata.name}`;
  const known = (id: string) => inventory.get(id) ?? missing(looked.get(id)?.is);
  const { ruleId } = spec.adoption;
  return {
    spec,
    status,
    owner,
    want,
    own: inventory.ownedBy(key),
    recorded: recordedId === undefined ? undefined : known(recordedId),
    named: inventory.unowned(want.name).filter(({ id }) => !heldByAnother(id, key, options)),
    asked: ruleId === undefined ? undefined : asWhose(inventory.get(ruleId), key, options),
    now: now(),
  };
}

/** SigNoz' UI writes over the marker of a rule that somebody saves there: it is its object's all the same. */
function heldByAnother(id: string, key: string, { signoz }: SightOptions): string | undefined {
  const holder = signoz.holderOf(id);
  return holder === key ? undefined : holder;
}

function asWhose(entry: RuleEntry | undefined, key: string, options: SightOptions): RuleEntry | undefined {
  const holder = entry && heldByAnother(entry.id, key, options);
  if (!entry || entry.marker || holder === undefined) return entry;
  const [namespace = '', name = ''] = holder.split('/');
  return { ...entry, marker: { clusterId: options.owner.clusterId, namespace, name } };
}

function missing(found: 'found' | 'gone' | 'unreadable' | undefined): 'gone' | 'unreadable' | undefined {
  return found === 'found' ? undefined : found;
}

/** Rules that must be asked for before the step may count. */
function toLookAt({ spec }: SignozAlertRule, { options, step }: { options: SightOptions; step: RuleStep }): readonly string[] {
  const { recordedId, closely } = options;
  const inventory = options.inventory();
  const { policy, ruleId } = spec.adoption;
  const doubted = step.do === 'refuse' && step.about !== undefined ? [step.about] : [];
  const unlisted = recordedId !== undefined && inventory.get(recordedId) === undefined ? [recordedId] : [];
  const asked = policy === 'ById' && ruleId !== undefined && step.do === 'refuse' && inventory.get(ruleId) === undefined ? [ruleId] : [];
  return [...unlisted, ...asked, ...doubted, ...(closely ? subjectOf(step) : [])];
}

/** The rule that a step is about. */
function subjectOf(step: RuleStep): readonly string[] {
  if (step.do === 'update' || step.do === 'remove-duplicate') return [step.id];
  if (step.do === 'report') return step.id === undefined ? [] : [step.id];
  return step.do === 'nothing' || step.do === 'wait' ? [step.rule.id] : [];
}
