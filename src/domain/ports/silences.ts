export interface WantedSilence {
  /** Makes the silence findable when the answer was lost; stands in its comment. */
  readonly key: string;
  /** What each label must be; an empty text: it must be absent. */
  readonly matchers: Readonly<Record<string, string>>;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
}

/** Silences of the configured Alertmanagers. Failures are PortErrors. */
export interface Silences {
  /** Resolves with the silence's id; the same key twice makes one silence. */
  create(silence: WantedSilence, signal: AbortSignal): Promise<string>;
  /** Also fine where it has ended already. */
  expire(id: string, signal: AbortSignal): Promise<void>;
}
