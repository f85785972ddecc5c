import { Refusal } from './signoz-answers.ts';
import { EXTERNAL_URL, fingerprintOf, type Labels, NO_END, type NotifiedAlert, sortedLabels } from './signoz-payload.ts';
import type { Rule } from './signoz-rule.ts';
import { channelsOf, type RuleRoute, ruleRoutes } from './signoz-rule-channels.ts';
import { expanded } from './signoz-template.ts';

/** One series of a rule that breaches it. */
export interface Alarm {
  /** A rule that is not stored sends to every channel, as one would that names them all. */
  readonly rule: { readonly id: string; readonly name: string };
  /** The labels of the series: what the rule groups by. */
  readonly labels?: Labels;
  /** Beside those of the rule. */
  readonly annotations?: Labels;
  /** The threshold that is breached; the rule's first one, or `critical`, unless told. */
  readonly severity?: string;
  /** What `{{$value}}` becomes. */
  readonly value?: string;
  /** The query returned nothing. */
  readonly noData?: boolean;
}

type Raised = Pick<NotifiedAlert, 'labels' | 'annotations' | 'generatorURL' | 'fingerprint'>;

/** Labels and annotations as SigNoz gives them to an alert (contracts/signoz.md, section 4). */
export function alertOf(alarm: Alarm, rule: Rule | undefined): Raised {
  const { id, name } = alarm.rule;
  const { threshold, target } = breached(alarm, rule);
  const known = { ...alarm.labels, value: alarm.value ?? '1', threshold: String(target) };
  const generatorURL = `${EXTERNAL_URL}/alerts/overview?ruleId=${id}`;
  const labels = filled({
    ...alarm.labels,
    ...(alarm.noData ? { nodata: 'true' } : { 'threshold.name': threshold, severity: threshold.toLowerCase() }),
    ...expandedAll(rule?.labels, known),
    alertname: alarm.noData ? `[No data] ${name}` : name,
    ruleId: id,
    ruleSource: generatorURL,
  });
  const annotations = filled({ ...expandedAll(rule?.annotations, known), ...alarm.annotations });
  return { labels, annotations, generatorURL, fingerprint: fingerprintOf(labels) };
}

/** The threshold of a rule that an alarm is about. */
export function breached({ rule: { name }, severity }: Alarm, rule: Rule | undefined): RuleRoute {
  if (!rule) return { threshold: severity ?? 'critical', target: 1, channels: [] };
  const routes = ruleRoutes(rule);
  const route = routes.find(({ threshold }) => severity === undefined || threshold.toLowerCase() === severity.toLowerCase());
  if (route) return route;
  throw new Error(`the rule ${name} has no threshold ${severity}: it has ${routes.map(({ threshold }) => threshold).join(', ')}`);
}

function expandedAll(texts: Labels = {}, known: Labels): Labels {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, expanded(text, known)]));
}

/** Empty values are dropped. */
function filled(labels: Labels): Labels {
  return sortedLabels(Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')));
}

export function groupLabelsOf(labels: Labels, groupBy: readonly string[] = []): Labels {
  const all = groupBy.includes('__all__');
  return Object.fromEntries(Object.entries(labels).filter(([name]) => all || name === 'ruleId' || groupBy.includes(name)));
}

/** The alert of a rule's test, and where it goes. */
export function testAlertOf(rule: Rule, { now, policyChannels }: { now: Date; policyChannels: readonly string[] }) {
  const name = `${rule.alert}_TEST_ALERT`;
  const raised = alertOf({ rule: { id: '', name }, labels: { testalert: 'true' } }, rule);
  const alert: NotifiedAlert = { status: 'firing', ...raised, startsAt: now.toISOString(), endsAt: NO_END };
  return { alert, channels: rule.notificationSettings?.usePolicy ? policyChannels : [...new Set(channelsOf(rule))] };
}

/** Alertmanager's matchers: `name="value"`, `!=`, `=~`, `!~`. */
export function matches(labels: Labels, filters: readonly string[]): boolean {
  return filters.every(filter => {
    const [, name = '', operator = '', quoted = ''] = /^\s*([\w.]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/.exec(filter) ?? [];
    if (operator === '') throw new Refusal(`bad matcher format: ${filter}`);
    const wanted = quoted.replace(/^"(.*)"$/, '$1');
    const value = labels[name] ?? '';
    const holds = operator.endsWith('~') ? new RegExp(`^(?:${wanted})$`).test(value) : value === wanted;
    return operator.startsWith('!') ? !holds : holds;
  });
}
