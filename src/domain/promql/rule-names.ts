import { createHash } from 'node:crypto';
import type { PrometheusAlert } from './prometheus-rule.ts';

/** What Kubernetes takes for every kind of name. */
const LONGEST = 63;

/**
 * A name in Kubernetes for each alert of a run, in its order: the alert's own in lower case, with the severity where several have it, with
 * a digest of the rule where that does not tell them apart. The order of the files decides nothing, so a second run names them as the first.
 */
export function ruleNames(alerts: readonly PrometheusAlert[]): readonly string[] {
  const plain = alerts.map(({ alert }) => slug(alert) || `rule-${digest(alert)}`);
  const withSeverity = told(plain, (name, n) => `${name}-${slug(alerts[n]?.labels?.['severity'] ?? '') || 'rule'}`);
  const withDigest = told(withSeverity, (name, n) => `${name}-${digest(JSON.stringify(alerts[n]))}`);
  const seen = new Map<string, number>();
  return withDigest.map(name => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : cutTo(name, `-${times}`);
  });
}

/** The names, with more said by those that are not the only one. */
function told(names: readonly string[], more: (name: string, n: number) => string): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return names.map((name, n) => (counts.get(name) === 1 ? name : cutTo(name, more(name, n).slice(name.length))));
}

function cutTo(name: string, suffix: string): string {
  return `${name.slice(0, LONGEST - suffix.length).replace(/-+$/, '')}${suffix}`;
}

function slug(text: string): string {
  const words = text.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1-$2');
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
