import type { Severity } from '../alerts/alert.ts';

/** What cards, buttons and answers to presses say. */
export interface Words {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly labels: {
    readonly severity: string;
    readonly status: string;
    readonly since: string;
    readonly opened: string;
    readonly source: string;
    readonly where: string;
    readonly incident: string;
    readonly before: string;
    readonly rootCause: string;
    readonly fix: string;
    readonly recommendation: string;
    readonly silence: string;
  };
  readonly status: {
    readonly open: string;
    reopened(times: number): string;
    acknowledged(who: string): string;
    resolved(who: string | undefined): string;
    held(why: string): string;
  };
  before(counts: { hour: number; day: number; week: number }): string;
  readonly neverBefore: string;
  silence(who: string, until: string): string;
  analysisByModel(by: string, percent: number): string;
  readonly analysisByRules: string;
  analysisByRulesBecause(why: string): string;
  readonly links: { readonly generator: string; readonly runbook: string; readonly signozRule: string; readonly sentryIssue: string };
  readonly buttons: Readonly<Record<'acknowledge' | 'silence-1h' | 'silence-4h' | 'unsilence' | 'approve' | 'reject', string>>;
  readonly reminder: string;
  readonly escalation: string;
  readonly continued: string;
  storm(count: number): string;
  readonly stormWhy: string;
  readonly answers: {
    acknowledged(who: string): string;
    silenced(until: string): string;
    readonly unsilenced: string;
    readonly alreadyDone: string;
    readonly notAllowed: string;
    readonly notOurs: string;
    readonly gone: string;
    readonly failed: string;
    readonly noSilences: string;
    readonly resolved: string;
    readonly notYet: string;
  };
}
