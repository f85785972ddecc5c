/** What became a playbook. */
export interface PromotedAction {
  readonly anomalyKey: string;
  readonly action: string;
}

/**
 * Remembers which actions have become playbooks, so that one that is gone is known to have been deleted. For 90 days, as long as outcomes are
 * kept: after that everything is new evidence. Failures are PortError('unavailable'); every operation may be repeated.
 */
export interface PromotionMemory {
  /** How often the action had helped when its playbook was last seen; undefined where it never became one. */
  lastSeen(of: PromotedAction, signal: AbortSignal): Promise<number | undefined>;
  seen(of: PromotedAction, successes: number, signal: AbortSignal): Promise<void>;
}
