import type { Severity } from './alert.ts';

/** What senders call each severity. */
const WORDS: Readonly<Record<Severity, string>> = {
  critical: 'critical crit fatal page emergency emerg alert panic disaster blocker urgent p0 p1 sev0 sev1',
  error: 'error err high major p2 sev2',
  warning: 'warning warn medium moderate average minor p3 sev3',
  info: 'info information informational notice low debug trace sample ok p4 p5 sev4 sev5',
  none: 'none',
};

const SEVERITY_OF: ReadonlyMap<string, Severity> = new Map(
  (['critical', 'error', 'warning', 'info', 'none'] as const).flatMap(severity =>
    WORDS[severity].split(' ').map(word => [word, severity] as const),
  ),
);

/** The severity that a word of any sender stands for; undefined for one that is not known. */
export function severityNamed(word: string | undefined): Severity | undefined {
  return word === undefined ? undefined : SEVERITY_OF.get(word.trim().toLowerCase());
}

/**
 * By the label `severity`, or else the threshold that SigNoz says was crossed. What says nothing is a warning: nobody is woken, and nobody
 * misses it.
 */
export function severityOf(labels: Readonly<Record<string, string>>): Severity {
  return severityNamed(labels['severity']) ?? severityNamed(labels['threshold.name']) ?? severityNamed(labels['level']) ?? 'warning';
}
