import type { RunPhase } from '../../crds/repairrun/status.ts';
import type { Severity } from '../alerts/alert.ts';
import type { PressAction } from './press-data.ts';

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
  readonly buttons: Readonly<Record<PressAction, string>>;
  readonly repairs: {
    readonly phase: Readonly<Record<RunPhase, string>>;
    readonly waitsForPeople: string;
    by(who: string): string;
    /** What learning has shown by itself. */
    readonly gate: string;
    suggestion(playbook: string, summary: string): string;
    /** What was tried has failed, and nothing is left. */
    people(failed: string): string;
    /** Over what a repair tells the team. */
    readonly notice: string;
    readonly until: string;
    readonly playbook: string;
    readonly what: string;
    tier(tier: number): string;
  };
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
    readonly approved: string;
    readonly rejected: string;
    readonly helped: string;
    readonly didNotHelp: string;
    readonly proposed: string;
    /** Of a run: what was decided before. */
    alreadyApproved(who: string): string;
    alreadyRejected(who: string): string;
    readonly expired: string;
    /** The playbook is another than was asked about. */
    readonly changed: string;
    readonly over: string;
    readonly repairGone: string;
    readonly notAnApprover: string;
    readonly atWork: string;
    cannot(why: string): string;
  };
}
