import type { Rule } from './signoz-rule.ts';

export interface RuleRoute {
  /** The threshold's name. */
  readonly threshold: string;
  readonly target: number;
  readonly channels: readonly string[];
}

/** The thresholds of a rule and where each of them sends; SigNoz makes up one for a rule of schema v1. */
export function ruleRoutes({ schemaVersion, condition, labels, preferredChannels }: Rule): RuleRoute[] {
  if (schemaVersion !== 'v2alpha1') {
    return [{ threshold: labels['severity'] || 'critical', target: condition.target ?? 0, channels: preferredChannels }];
  }
  return (condition.thresholds ?? []).map(({ name, target, channels }) => ({ threshold: name, target, channels: channels ?? [] }));
}

/** Channels that the rule's hidden routes name; with a policy there are no such routes. */
export function channelsOf(rule: Rule): string[] {
  return rule.notificationSettings?.usePolicy ? [] : ruleRoutes(rule).flatMap(({ channels }) => channels);
}

/** What is wrong with the channels of a rule (contracts/signoz.md, section 2.3). */
export function channelFault(rule: Rule, known: readonly string[]): string | undefined {
  const routes = ruleRoutes(rule);
  const unknown = routes.flatMap(({ channels }) => channels).filter(name => name !== '' && !known.includes(name));
  if (unknown.length > 0) return `channels: the following channels do not exist: [${[...new Set(unknown)].join(' ')}]`;
  if (rule.notificationSettings?.usePolicy) return undefined;
  if (routes.some(({ channels }) => channels.length === 0)) return 'at least one channel is required';
  const empty = routes.map(({ channels }) => channels.indexOf('')).find(at => at !== -1);
  return empty === undefined ? undefined : `channel at index ${empty} cannot be empty`;
}
