import type { PlaybookName } from './learning-repository.ts';
import type { RepairPlaybookSpec } from '../../crds/repairplaybook/spec.ts';
import type { LearnedStep } from '../playbook/learned-step.ts';

/** A playbook that was learned, with the fields that are written. */
export interface LearnedObject extends PlaybookName {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Pick<RepairPlaybookSpec, 'match' | 'mode' | 'source'> & {
    readonly rootCause: string;
    readonly description: string;
    readonly evidence: string;
    readonly steps: readonly LearnedStep[];
  };
}

/** `manual`: a person has a playbook of that name, and it is left alone. */
export type PlaybookWritten = 'created' | 'updated' | 'unchanged' | 'manual';

/**
 * Writes learned playbooks, and reads of their namespaces what people say about them. Failures are PortErrors: `rejected` with status 404 where
 * there is no such namespace, `forbidden` where it is not allowed there.
 */
export interface PlaybookWriter {
  /**
   * Makes it where there is none. Of one that is there only the texts are renewed, and of these only what nobody else has written, changed or
   * removed since: who edits a field keeps it. The mode is given at creation and never again.
   */
  write(playbook: LearnedObject, signal: AbortSignal): Promise<PlaybookWritten>;
  /** Whether the namespace's annotation awoooi.io/learn-again names it: its deletion is not held against it then. */
  mayLearnAgain(of: PlaybookName, signal: AbortSignal): Promise<boolean>;
}
