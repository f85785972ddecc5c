import type { Duration } from '../../crds/duration.ts';

type Texts = Readonly<Record<string, string>>;

export interface NotificationSettings {
  readonly groupBy?: readonly string[] | undefined;
  readonly renotify?:
    | {
        readonly enabled: boolean;
        readonly interval?: Duration | undefined;
        readonly alertStates?: readonly ('firing' | 'nodata')[] | undefined;
      }
    | undefined;
  readonly usePolicy?: boolean | undefined;
  readonly newGroupEvalDelay?: Duration | undefined;
}

export type ThresholdOp = 'above' | 'below' | 'above_or_equal' | 'below_or_equal' | 'equal' | 'not_equal' | 'outside_bounds';

export interface Threshold {
  readonly name: string;
  readonly op: ThresholdOp;
  readonly matchType: 'all_the_times' | 'at_least_once';
  readonly target: number;
  readonly channels?: readonly string[];
}

/** What the short form stands for, as SigNoz's API takes it (contracts/signoz.md, section 2.1). */
export interface LongForm {
  readonly alertType: 'METRIC_BASED_ALERT';
  readonly ruleType: 'promql_rule';
  readonly condition: {
    readonly compositeQuery: {
      readonly queryType: 'promql';
      readonly panelType: 'graph';
      readonly unit?: string;
      readonly queries: readonly [{ readonly type: 'promql'; readonly spec: { readonly name: 'A'; readonly query: string } }];
    };
    readonly selectedQueryName: 'A';
    readonly thresholds: { readonly kind: 'basic'; readonly spec: readonly [Threshold] };
    readonly alertOnAbsent?: true;
    /** Minutes. */
    readonly absentFor?: number;
  };
  readonly evaluation: { readonly kind: 'rolling'; readonly spec: { readonly evalWindow: Duration; readonly frequency: Duration } };
  readonly notificationSettings: NotificationSettings;
  readonly labels: Texts;
  readonly annotations: Texts;
}
