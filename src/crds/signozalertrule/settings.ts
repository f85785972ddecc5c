import { z } from 'zod';
import { durationBetween } from '../duration.ts';
import { withNeeded, withRules } from '../rule.ts';
import { distinct, matches, patternedText, spokenText } from '../text.ts';
import { ChannelNames, ThresholdName } from './condition.ts';
import { Frequency, Window } from './evaluation.ts';

/** Far more than anybody writes, and little enough to be checked in a moment. */
const LONGEST_PROMQL = 16_384;

const Renotify = withRules(
  z.object({
    enabled: z.boolean().describe('Whether an alert that goes on is told of again.'),
    interval: durationBetween('1s', '8760h').describe('After how long; needed where enabled.').optional(),
    alertStates: distinct(z.array(z.enum(['firing', 'nodata']).describe('A state.')).max(2))
      .describe('In which states.')
      .optional(),
  }),
  [
    {
      cel: '!self.enabled || has(self.interval)',
      message: 'renotify needs an interval where it is enabled, such as 4h',
      holds: ({ enabled, interval }) => !enabled || interval !== undefined,
    },
  ],
);

const LabelName = spokenText({ maxLength: 256, sentence: 'must be the name of a label, such as service_name, or __all__ for every label' });

/** How alerts become notifications. */
export const NotificationSettings = z.object({
  groupBy: distinct(z.array(LabelName.describe('Name of a label; __all__ for every label.')).max(32))
    .describe('Alerts with the same values of these labels are told of together.')
    .optional(),
  renotify: Renotify.describe('Whether and when an alert that goes on is told of again.').optional(),
  usePolicy: z.boolean().default(false).describe("True: SigNoz' routing policies decide who is notified, and no channels are needed."),
  newGroupEvalDelay: Window.describe('How long a series that is new is not evaluated; for metrics alone.').optional(),
});
export type NotificationSettings = z.infer<typeof NotificationSettings>;

const MOST_TEXTS = 64;
const LABEL_NAME = /^[A-Za-z_.][A-Za-z0-9_.]*$/;

/** Labels or annotations. SigNoz takes neither `-` nor `/` in their names. */
export function namedTexts(what: string): z.ZodRecord<z.ZodString, z.ZodString> {
  const Texts = z
    .record(z.string(), z.string().describe('Its text, in which {{ … }} is expanded by SigNoz.'))
    .refine(texts => Object.keys(texts).length <= MOST_TEXTS, { error: `must have at most ${MOST_TEXTS} entries` })
    .meta({ maxProperties: MOST_TEXTS });
  return withRules(Texts, [
    {
      cel: `self.all(name, ${matches('name', LABEL_NAME)})`,
      message: `the name of ${what} must be made of letters, digits, '_' and '.', and not begin with a digit: write app_kubernetes_io_name for app.kubernetes.io/name`,
      holds: texts => Object.keys(texts).every(name => LABEL_NAME.test(name)),
    },
  ]);
}

const WHOLE_MINUTES = /^([0-9]{1,6}[mh])+$/;

const Form = z.object({
  expr: spokenText({
    maxLength: LONGEST_PROMQL,
    sentence: 'must be PromQL with the comparison that makes it fire, such as rate(errors_total[5m]) > 0.1',
  }).describe('PromQL, as in a Prometheus rule: with the comparison that makes it fire, such as `rate(errors_total[5m]) > 0.1`.'),
  for: Window.describe(
    'How long it must hold. SigNoz has no such time: all points of a window of this length must meet the comparison.',
  ).optional(),
  severity: ThresholdName.default('warning').describe('Name of the threshold, and the label severity where labels give none.'),
  channels: ChannelNames.describe('Who is notified. Needed unless notificationSettings.usePolicy is true.').optional(),
  absentFor: patternedText({
    pattern: WHOLE_MINUTES,
    maxLength: 20,
    sentence: 'must be a duration of whole minutes with the units h and m, such as 15m',
  })
    .describe('Fires also when the query has returned nothing for so long, in whole minutes.')
    .optional(),
  unit: z.string().describe('Unit of the result, such as percentunit or ms. SigNoz formats `$value` by it.').optional(),
  frequency: Frequency.default('1m').describe('How often the rule is evaluated.'),
});

/** The short form: what a Prometheus rule says. It expands to condition and evaluation. */
export const PromqlForm = withNeeded(Form, {
  expr: 'give the PromQL with the comparison that makes it fire, such as rate(errors_total[5m]) > 0.1',
});
export type PromqlForm = z.infer<typeof PromqlForm>;
