export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
  /** The expression as its tree reads it, once for many texts; undefined from it means that it cannot be judged here. */
  readonly test?: (text: string) => boolean | undefined;
}

/** A node of Alertmanager's route tree, with everything that its children inherit already filled in. */
export interface Route {
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  /** `['...']` groups by every label. */
  readonly groupBy: readonly string[];
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly Route[];
}
