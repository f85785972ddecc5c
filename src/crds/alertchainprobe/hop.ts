import { z } from 'zod';
import { durationBetween } from '../duration.ts';
import { BaseUrl, HttpAuth, SecretKeyRef, SecretRef } from '../reference.ts';
import { type Rule, withNeeded, withRules } from '../rule.ts';
import { patternedText } from '../text.ts';
import { TelegramBlock } from './telegram.ts';

export const HopType = z.enum([
  'Health',
  'AlertmanagerWebhook',
  'SentryWebhook',
  'SignozWebhook',
  'Telegram',
  'Approval',
  'AlertmanagerCanary',
  'SignozCanary',
  'Watchdog',
]);
export type HopType = z.infer<typeof HopType>;

/** Alert labels. The API server cannot check the names of a map's keys within CEL's budget, so only our own parser does. */
const Labels = z
  .record(
    z
      .string()
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'a label name is made of letters, digits and _, and does not start with a digit' }),
    z.string().max(1024).describe('Value of the label.'),
  )
  .meta({ maxProperties: 32 })
  .refine(labels => Object.keys(labels).length <= 32, { error: 'must have at most 32 labels' });

const SentryBlock = z.object({
  clientSecret: SecretKeyRef.describe(
    'Where the client secret of the Sentry integration is kept; with it the event is signed as Sentry signs.',
  ).optional(),
});

const RESERVED = ['awoooi_canary', 'awoooi_drill', 'awoooi_nonce'];

const CanaryLabels = withRules(Labels, [
  {
    cel: RESERVED.map(label => `!('${label}' in self)`).join(' && '),
    message: `${RESERVED.join(', ')} are set by the canary itself: remove them from labels`,
    holds: labels => !RESERVED.some(label => label in labels),
  },
  {
    cel: `!('alertname' in self) || self['alertname'] != 'Watchdog'`,
    message:
      'a canary must not be called Watchdog: it would be taken for a sign of life from Prometheus; give it another alertname, or none',
    holds: labels => labels['alertname'] !== 'Watchdog',
  },
]);

const ProductionRoute = z.object({
  labels: Labels.describe('Labels of the alert, as the rule gives them.'),
});

const AlertmanagerBlock = withNeeded(
  z.object({
    urls: z
      .array(BaseUrl.describe('Base URL of an Alertmanager.'))
      .min(1)
      .max(16)
      .meta({ 'x-kubernetes-list-type': 'set' })
      .describe('Base URLs of the Alertmanagers. Every address that a name resolves to is a replica and gets a canary of its own.'),
    receiver: z
      .string()
      .min(1)
      .max(256)
      .describe("Name of the Alertmanager receiver that posts to this operator's webhook: where the canary must be routed to."),
    auth: HttpAuth.describe("How to sign in at Alertmanager's API.").optional(),
    labels: CanaryLabels.default({}).describe(
      'Labels that the canary gets besides its own, so that it takes the way of real alerts. The severity is none unless given here.',
    ),
    routes: z
      .array(ProductionRoute.describe('One kind of production alert.'))
      .max(32)
      .default([])
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .describe('Label sets of production alerts which, walked through the live route tree, must end at `receiver`.'),
    peerTimeout: durationBetween('100ms', '1m')
      .default('15s')
      .describe(
        'The --cluster.peer-timeout of these Alertmanagers: the budget grows by it for each peer of a replica, and timeout has to leave room for that.',
      ),
  }),
  {
    urls: 'say where the canary goes in: set urls to the base URLs of the Alertmanagers, such as http://alertmanager.monitoring.svc:9093',
    receiver:
      "say where the canary must come out: set receiver to the name of the Alertmanager receiver that posts to this operator's webhook",
  },
);

const SignozBlock = z.object({
  secretRef: SecretRef.describe(
    'Secret with the keys url, apiKey and, where needed, caBundle. Left out: the default connection of the operator, where this namespace may use it.',
  ).optional(),
  channel: z.string().min(1).max(256).describe('Name of the notification channel in SigNoz that posts to this operator.'),
});

const WatchdogBlock = z.object({
  source: z
    .enum(['alertmanager', 'signoz'])
    .default('alertmanager')
    .describe('Which webhook the always-firing alert arrives at: alertmanager, or signoz for a SigNoz rule on vector(1).'),
  maxAge: durationBetween('1s', '24h')
    .default('3m')
    .describe('How long ago the Watchdog may last have arrived. Above the repeat interval of its route.'),
  labels: Labels.default({}).describe(
    'Labels that the Watchdog must carry, where more than one Prometheus sends one. None: any Watchdog of that source will do.',
  ),
});

const HOP_NAME = patternedText({
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  maxLength: 63,
  sentence: "must be a short name of lower-case letters, digits and '-', such as paging",
});

const Hop = z.object({
  name: HOP_NAME.describe('Name of the hop: unique within the probe, shown in the status, in events and as a label of metrics.'),
  type: HopType.describe(
    'What the hop proves. It decides which of the blocks sentry, telegram, alertmanager, signoz and watchdog belongs to it.',
  ),
  timeout: durationBetween('100ms', '10m')
    .describe('How long this hop may take; at most the timeout of the run, which is also the default.')
    .optional(),
  latencyBudget: durationBetween('10ms', '10m')
    .describe(
      'A hop that passes later than this fails after all. A canary may take peerTimeout more for each peer of its Alertmanager. Default: 10s for AlertmanagerCanary, 5s for SignozCanary, else no budget but the timeout.',
    )
    .optional(),
  sentry: SentryBlock.describe('For type SentryWebhook: how the event is signed.').optional(),
  telegram: TelegramBlock.describe('For type Telegram: which chat, and by which way it is reached.').optional(),
  alertmanager: AlertmanagerBlock.describe('For type AlertmanagerCanary: where the canary goes in and where it must come out.').optional(),
  signoz: SignozBlock.describe('For type SignozCanary: which channel of which SigNoz is tested.').optional(),
  watchdog: WatchdogBlock.describe('For type Watchdog: which always-firing alert must have arrived, and how recently.').optional(),
});
type Hop = z.infer<typeof Hop>;
type Block = 'sentry' | 'telegram' | 'alertmanager' | 'signoz' | 'watchdog';

/** Which block belongs to which type, and whether the type can do without it. */
const BLOCKS: readonly { block: Block; type: HopType; needed: boolean }[] = [
  { block: 'sentry', type: 'SentryWebhook', needed: false },
  { block: 'telegram', type: 'Telegram', needed: true },
  { block: 'alertmanager', type: 'AlertmanagerCanary', needed: true },
  { block: 'signoz', type: 'SignozCanary', needed: true },
  { block: 'watchdog', type: 'Watchdog', needed: true },
];

function blockRules({ block, type, needed }: (typeof BLOCKS)[number]): Rule<Hop>[] {
  const belongs: Rule<Hop> = {
    cel: `!has(self.${block}) || self.type == '${type}'`,
    message: `the block ${block} belongs to hops of type ${type}: remove the block or change the type`,
    holds: hop => hop[block] === undefined || hop.type === type,
  };
  const present: Rule<Hop> = {
    cel: `self.type != '${type}' || has(self.${block})`,
    message: `a hop of type ${type} needs the block ${block}: add it`,
    holds: hop => hop.type !== type || hop[block] !== undefined,
  };
  return needed ? [belongs, present] : [belongs];
}

/** One hop of the chain: `type` picks the block; rules hold the two together. */
export const HopSpec = withRules(Hop, BLOCKS.flatMap(blockRules));
export type HopSpec = z.infer<typeof HopSpec>;

const WITH_TARGET: readonly HopType[] = ['Health', 'AlertmanagerWebhook', 'SentryWebhook', 'SignozWebhook', 'Approval'];

/** True for hops that speak to the API under `spec.target`. */
export function needsTarget(hop: HopSpec): boolean {
  return WITH_TARGET.includes(hop.type) || hop.telegram?.via === 'API';
}

/** {@link needsTarget} in CEL, for a variable that holds a hop. */
export function celNeedsTarget(hop: string): string {
  const types = WITH_TARGET.map(type => `'${type}'`).join(', ');
  return `${hop}.type in [${types}] || (has(${hop}.telegram) && ${hop}.telegram.via == 'API')`;
}
