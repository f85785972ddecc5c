import { z } from 'zod';
import { Cron, TimeZone } from '../cron.ts';
import { celAtMost, durationBetween, durationMs } from '../duration.ts';
import { BaseUrl, HttpAuth, HttpUrl, LocalName } from '../reference.ts';
import { type Rule, withNeeded, withRules } from '../rule.ts';
import { celNeedsTarget, HopSpec, needsTarget } from './hop.ts';
import { TelegramNotify } from './telegram.ts';

const Schedule = withRules(
  z.object({
    every: durationBetween('1s', '168h')
      .describe('Time between two starts. The first start is spread over the interval, so that probes do not all run at once.')
      .optional(),
    cron: Cron.describe(
      'Cron text of five fields: minute, hour, day of the month, month, day of the week. A few seconds of spread are added.',
    ).optional(),
    timeZone: TimeZone.describe('IANA time zone in which `cron` is read. Default: UTC.').optional(),
  }),
  [
    {
      cel: 'has(self.every) || has(self.cron)',
      message: "say when to run: set every (such as 5m) or cron (such as '*/5 * * * *')",
      holds: schedule => schedule.every !== undefined || schedule.cron !== undefined,
    },
    {
      cel: '!(has(self.every) && has(self.cron))',
      message: 'every and cron exclude each other: keep one and remove the other',
      holds: schedule => schedule.every === undefined || schedule.cron === undefined,
    },
    {
      cel: '!has(self.timeZone) || has(self.cron)',
      message: 'timeZone belongs to cron: remove it, or give cron instead of every',
      holds: schedule => schedule.timeZone === undefined || schedule.cron !== undefined,
    },
  ],
);
export type Schedule = z.infer<typeof Schedule>;

const MaintenanceWindow = z.object({
  cron: Cron.describe('When the window begins, as a cron text of five fields.'),
  duration: durationBetween('1m', '744h').describe('How long the window lasts.'),
  timeZone: TimeZone.describe('IANA time zone in which `cron` is read. Default: UTC.').optional(),
});
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

const RolloutRef = z.object({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']).describe('Kind of the workload.'),
  name: LocalName.describe('Name of the workload. It lies in the namespace of this object.'),
});

const Target = z.object({
  url: BaseUrl.describe('Base URL of the API; the hops append their paths to it.'),
  auth: HttpAuth.describe('How to sign in there.').optional(),
});

const WebhookNotify = z.object({
  url: HttpUrl.describe('Where a JSON document about the change is posted.'),
  auth: HttpAuth.describe('How to sign in there.').optional(),
});

const Notify = withRules(
  z.object({
    telegram: TelegramNotify.describe('A Telegram chat that is told.').optional(),
    webhook: WebhookNotify.describe('An HTTP endpoint that is told.').optional(),
  }),
  [
    {
      cel: 'has(self.telegram) || has(self.webhook)',
      message: 'notify needs telegram or webhook: give one of them, or remove notify',
      holds: notify => notify.telegram !== undefined || notify.webhook !== undefined,
    },
  ],
);

const Hops = withRules(
  z
    .array(HopSpec.describe('One hop of the chain.'))
    .min(1)
    .max(32)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
  [
    {
      cel: 'size(self) > 0',
      message: 'list at least one hop: a probe without hops proves nothing',
      holds: hops => hops.length > 0,
    },
    {
      cel: 'self.all(hop, self.exists_one(other, other.name == hop.name))',
      message: 'two hops have the same name: give each hop a name of its own',
      holds: hops => new Set(hops.map(hop => hop.name)).size === hops.length,
    },
  ],
);

const Spec = z.object({
  schedule: Schedule.describe('When the probe runs: every so often, or by cron.'),
  timeout: durationBetween('100ms', '10m').default('30s').describe('How long a whole run may take; at most the interval of the schedule.'),
  runToken: z
    .string()
    .max(256)
    .default('')
    .describe('Any new value asks for a run now. It raises the generation, so that `kubectl wait` cannot pass on an older result.'),
  gate: z
    .enum(['Enforce', 'Report'])
    .default('Enforce')
    .describe('Enforce: Ready says what ChainHealthy says. Report: Ready says only that the probe itself works.'),
  suspend: z.boolean().default(false).describe('True stops all runs until it is false again.'),
  target: Target.describe(
    'The API that the hops Health, AlertmanagerWebhook, SentryWebhook, SignozWebhook, Approval and Telegram via API speak to.',
  ).optional(),
  hops: Hops.describe('The hops of the chain, each proven in every run.'),
  failureThreshold: z
    .int32()
    .min(1)
    .max(100)
    .default(2)
    .describe('How many scheduled runs in a row must fail before the chain counts as broken. A requested run counts at once.'),
  maintenance: z
    .array(MaintenanceWindow.describe('One window.'))
    .max(16)
    .default([])
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('Windows in which runs go on, nobody is notified, and the verdict says maintenance.'),
  afterRollout: z
    .array(RolloutRef.describe('One workload.'))
    .max(16)
    .default([])
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['kind', 'name'] })
    .describe('Workloads of this namespace whose finished rollouts ask for one run each.'),
  notify: Notify.describe(
    'Who is told when the chain breaks and when it is whole again: straight, never through the chain under test.',
  ).optional(),
  heartbeat: z
    .object({ url: HttpUrl.describe('URL that is fetched with GET after each good run.') })
    .describe("An outside dead man's switch for the probe itself: pinged after each good run.")
    .optional(),
  historyLimit: z.int32().min(1).max(100).default(10).describe('How many finished runs the status keeps.'),
});
type Spec = z.infer<typeof Spec>;

const RULES: readonly Rule<Spec>[] = [
  {
    cel: `!has(self.schedule) || !has(self.schedule.every) || ${celAtMost('self.timeout', 'self.schedule.every')}`,
    message: 'timeout (30s when left out) must not be longer than schedule.every: lower timeout or raise every',
    holds: ({ schedule, timeout }) => schedule.every === undefined || durationMs(timeout) <= durationMs(schedule.every),
  },
  {
    cel: `self.hops.all(hop, !has(hop.timeout) || ${celAtMost('hop.timeout', 'self.timeout')})`,
    message: "a hop's timeout must not be longer than the timeout of the run (30s when left out): lower the hop's or raise spec.timeout",
    holds: ({ hops, timeout }) => hops.every(hop => hop.timeout === undefined || durationMs(hop.timeout) <= durationMs(timeout)),
  },
  {
    cel: `self.hops.all(hop, !has(hop.latencyBudget) || ${celAtMost('hop.latencyBudget', '(has(hop.timeout) ? hop.timeout : self.timeout)')})`,
    message:
      "a hop's latencyBudget must not be longer than its timeout (or spec.timeout, where it has none): lower latencyBudget or raise the timeout",
    holds: ({ hops, timeout }) =>
      hops.every(hop => hop.latencyBudget === undefined || durationMs(hop.latencyBudget) <= durationMs(hop.timeout ?? timeout)),
  },
  {
    cel: `has(self.target) || !self.hops.exists(hop, ${celNeedsTarget('hop')})`,
    message: 'a hop speaks to the target, and none is given: set spec.target.url, or remove the hops that need it',
    holds: ({ hops, target }) => target !== undefined || !hops.some(needsTarget),
  },
];

const Needed = withNeeded(Spec, { schedule: "say when to run: set schedule.every (such as 5m) or schedule.cron (such as '*/5 * * * *')" });

/** What to prove, how often, and whom to tell: field by field in docs/spec/alertchainprobe.md. */
export const AlertChainProbeSpec = withRules(Needed, RULES);
export type AlertChainProbeSpec = z.infer<typeof AlertChainProbeSpec>;
