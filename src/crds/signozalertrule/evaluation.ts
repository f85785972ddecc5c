import { z } from 'zod';
import { TimeZone } from '../cron.ts';
import { durationBetween } from '../duration.ts';
import { type Rule, withRules } from '../rule.ts';

export const Frequency = durationBetween('1s', '24h');
export const Window = durationBetween('1s', '8760h');

const PARTS = ['minute', 'hour', 'day', 'weekday'] as const;
type Part = (typeof PARTS)[number];
const NEEDS: Readonly<Record<'hourly' | 'daily' | 'weekly' | 'monthly', readonly Part[]>> = {
  hourly: ['minute'],
  daily: ['hour', 'minute'],
  weekly: ['weekday', 'hour', 'minute'],
  monthly: ['day', 'hour', 'minute'],
};

const part = (from: number, to: number, says: string) => z.int32().min(from).max(to).describe(says).optional();

const Bare = z.object({
  type: z.enum(['hourly', 'daily', 'weekly', 'monthly']).describe('How often a window begins.'),
  minute: part(0, 59, 'Minute at which it begins.'),
  hour: part(0, 23, 'Hour at which it begins; not for hourly.'),
  day: part(1, 31, 'Day of the month at which it begins, the last where a month has fewer; for monthly.'),
  weekday: part(0, 6, 'Day of the week at which it begins, 0 for Sunday; for weekly.'),
});

const Schedule = withRules(
  Bare,
  Object.entries(NEEDS).map(([type, parts]): Rule<z.infer<typeof Bare>> => {
    return {
      cel: `self.type != '${type}' || (${parts.map(name => `has(self.${name})`).join(' && ')})`,
      message: `a schedule of the type ${type} needs ${parts.join(', ')}`,
      holds: schedule => schedule.type !== type || parts.every(name => schedule[name] !== undefined),
    };
  }),
);

const EvaluationSpec = z.object({
  evalWindow: Window.describe('Of rolling: how far back each evaluation looks.').optional(),
  frequency: Frequency.default('1m').describe('How often the rule is evaluated.'),
  schedule: Schedule.describe('Of cumulative: when the window begins anew.').optional(),
  timezone: TimeZone.describe('Of cumulative: IANA time zone of the schedule.').optional(),
});

/** Over which window, and how often, a rule is evaluated. */
export const RuleEvaluation = withRules(
  z.object({
    kind: z.enum(['rolling', 'cumulative']).describe('rolling: a window that ends now. cumulative: one that begins by a schedule.'),
    spec: EvaluationSpec.describe('The window.'),
  }),
  [
    {
      cel: "self.kind != 'rolling' || (has(self.spec.evalWindow) && !has(self.spec.schedule) && !has(self.spec.timezone))",
      message: 'an evaluation of the kind rolling needs spec.evalWindow and takes neither schedule nor timezone',
      holds: ({ kind, spec }) =>
        kind !== 'rolling' || (spec.evalWindow !== undefined && spec.schedule === undefined && spec.timezone === undefined),
    },
    {
      cel: "self.kind != 'cumulative' || (has(self.spec.schedule) && has(self.spec.timezone) && !has(self.spec.evalWindow))",
      message: 'an evaluation of the kind cumulative needs spec.schedule and spec.timezone and takes no evalWindow',
      holds: ({ kind, spec }) =>
        kind !== 'cumulative' || (spec.schedule !== undefined && spec.timezone !== undefined && spec.evalWindow === undefined),
    },
  ],
);
export type RuleEvaluation = z.infer<typeof RuleEvaluation>;
