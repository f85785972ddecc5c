/** How long an alert must hold before it fires, and how often it is evaluated. */
export interface RuleTiming {
  readonly forMs: number;
  readonly intervalMs: number;
}

/** Knows the rules that alerts are of. Failures are PortErrors. */
export interface AlertRuleTimings {
  /** Of the slowest rule of this alertname; undefined where none is known. */
  ofAlert(alertname: string, signal: AbortSignal): Promise<RuleTiming | undefined>;
}
