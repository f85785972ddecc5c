import { z } from 'zod';
import type { RawRoute } from '../../domain/routing/route-tree.ts';

/** Alertmanager API v2, openapi.yaml: only the fields we read. */
export const StatusAnswer = z.object({
  versionInfo: z.object({ version: z.string() }),
  cluster: z.object({ peers: z.array(z.object({ name: z.string() })).nullish() }),
  config: z.object({ original: z.string() }),
});

/** The moment of its start, whatever the name says. */
export const UptimeAnswer = z.object({ uptime: z.iso.datetime({ offset: true }) });

const Labels = z.record(z.string(), z.string());

const Alert = z.object({
  fingerprint: z.string(),
  labels: Labels,
  receivers: z.array(z.object({ name: z.string() })),
  status: z.object({
    state: z.enum(['unprocessed', 'active', 'suppressed']),
    silencedBy: z.array(z.string()),
    inhibitedBy: z.array(z.string()),
    mutedBy: z.array(z.string()).nullish(),
  }),
});
export type Alert = z.infer<typeof Alert>;

export const FiringAnswer = z.array(
  z.object({
    fingerprint: z.string(),
    labels: Labels,
    annotations: Labels,
    startsAt: z.string(),
    endsAt: z.string(),
    generatorURL: z.string().optional(),
  }),
);

export const AlertsAnswer = z.array(Alert);
export const GroupsAnswer = z.array(z.object({ alerts: z.array(Alert) }));

export const SilenceAnswer = z.object({
  id: z.string(),
  createdBy: z.string(),
  comment: z.string(),
  endsAt: z.iso.datetime({ offset: true }),
});

const Names = z.array(z.string()).nullish().transform(absent);
const Text = z.string().nullish().transform(absent);
const Pairs = Labels.nullish().transform(absent);

/** Scalars are read as text (YAML failsafe), so that no label value turns into a number or a date. */
const ConfiguredRoute: z.ZodType<RawRoute> = z.object({
  receiver: Text,
  group_by: Names,
  group_wait: Text,
  group_interval: Text,
  matchers: Names,
  match: Pairs,
  match_re: Pairs,
  continue: z
    .string()
    .nullish()
    .transform(text => text === 'true'),
  mute_time_intervals: Names,
  active_time_intervals: Names,
  get routes() {
    return z.array(ConfiguredRoute).nullish().transform(absent);
  },
});

export const Configuration = z.object({
  route: ConfiguredRoute,
  receivers: z
    .array(z.object({ name: z.string(), webhook_configs: z.array(z.object({ url: z.string().optional() })).optional() }))
    .default([]),
});

function absent<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}
