import type { Incident } from '../incidents/incident.ts';

/** A person who has proven who they are, and may decide at all. */
export interface Decider {
  /** `telegram:ID` */
  readonly by: string;
  readonly name: string;
  readonly via: 'telegram';
}

/** What became of a decision about a repair. */
export type Decided =
  /** As it was wished, now or before by the same person. */
  | { readonly is: 'recorded' }
  /** Too late: others have decided. */
  | { readonly is: 'approved' | 'rejected'; readonly by: string }
  /** Too late: nobody decided in time; the playbook is another by now; nothing waits for it any more. */
  | { readonly is: 'expired' | 'changed' | 'over' }
  | { readonly is: 'gone' | 'not-an-approver' };

export type ProposalMade =
  | { readonly is: 'proposed'; readonly playbook: string }
  /** Another repair of the incident is under way, or waits. */
  | { readonly is: 'at-work' }
  /** The playbook is not what was shown any more. */
  | { readonly is: 'changed' }
  | { readonly is: 'cannot'; readonly why: string };

/** What people decide about repairs, by the id of the approval. Failures are PortErrors; every operation may be repeated. */
export interface Decisions {
  /** Id of the incident of a repair; undefined where it is of none, or not known. */
  incidentOf(approvalId: string): string | undefined;
  approve(approvalId: string, by: Decider, signal: AbortSignal): Promise<Decided>;
  reject(approvalId: string, by: Decider, signal: AbortSignal): Promise<Decided>;
  /** Whether what was asked of people helped. */
  answer(approvalId: string, of: Decider & { readonly helped: boolean }, signal: AbortSignal): Promise<Decided>;
  /** Makes the run that was shown under this mark. */
  propose(of: { readonly incident: Incident; readonly mark: string }, signal: AbortSignal): Promise<ProposalMade>;
}
