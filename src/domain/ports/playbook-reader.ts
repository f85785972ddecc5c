/** A playbook as it is stored: it may be of another version's schema. */
export interface ListedPlaybook {
  readonly namespace: string;
  readonly name: string;
  /** The whole object, as the API server gives it. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** Playbooks for a person at a terminal, with that person's rights. Failures are PortErrors. */
export interface PlaybookReader {
  /** Of one namespace or of all, by namespace and name. */
  list(namespace: string | undefined, signal: AbortSignal): Promise<readonly ListedPlaybook[]>;
}
