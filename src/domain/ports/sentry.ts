/** An issue as the API addresses it; without an organization by the legacy path. */
export interface SentryIssueRef {
  readonly issueId: string;
  readonly org?: string;
}

export interface SentryNote {
  /** What PUT takes: the id of the activity, never that of the log entry. */
  readonly id: string;
  readonly text: string;
}

/** One entry of an organization's issue list. */
export interface SentryListedIssue {
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Sentry's API (contracts, section 3). Failures are PortErrors with Sentry's words: 401 `unauthorized`, 403 `forbidden`,
 * 429 `rate-limited` with the time of its reset, 404 `rejected` with statusCode 404, 5xx `unavailable`.
 */
export interface Sentry {
  /** 201 is success. Where the same text was posted within the hour already, the note is found by its marker instead. */
  postNote(issue: SentryIssueRef, note: { readonly text: string; readonly marker: string }, signal: AbortSignal): Promise<SentryNote>;
  /** Undefined where the note is gone. */
  updateNote(issue: SentryIssueRef, note: SentryNote, signal: AbortSignal): Promise<SentryNote | undefined>;
  findNote(issue: SentryIssueRef, marker: string, signal: AbortSignal): Promise<SentryNote | undefined>;
  /** Unresolved issues that were seen since then, all pages. */
  issuesSince(since: Date, signal: AbortSignal): Promise<readonly SentryListedIssue[]>;
}
