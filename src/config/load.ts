import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { givenTwice, isOfSeveral, problem, wrongTogether } from './problems.ts';
import { Alertmanagers } from './slices/alertmanagers.ts';
import { Analyser } from './slices/analyser.ts';
import { Auth } from './slices/auth.ts';
import { Cli } from './slices/cli.ts';
import { Delivery } from './slices/delivery.ts';
import { Faults } from './slices/faults.ts';
import { Incidents } from './slices/incidents.ts';
import { Kubernetes } from './slices/kubernetes.ts';
import { Log } from './slices/log.ts';
import { Network } from './slices/network.ts';
import { Probes } from './slices/probes.ts';
import { Prometheus } from './slices/prometheus.ts';
import { Redis } from './slices/redis.ts';
import { Repairs } from './slices/repairs.ts';
import { Sentry } from './slices/sentry.ts';
import { Server } from './slices/server.ts';
import { Signoz } from './slices/signoz.ts';
import { Telegram } from './slices/telegram.ts';
import { fallback, given, type Surroundings } from './surroundings.ts';
import { unknownNames } from './unknown-names.ts';
import { type Slices, type VariableFacts, variablesOf } from './variable.ts';

const SHORTEST_RETENTION_MS = 3_600_000;

/** What `awoooi operator` reads. */
export const OperatorVariables = z
  .object({
    kubernetes: Kubernetes,
    server: Server,
    auth: Auth,
    redis: Redis,
    network: Network,
    probes: Probes,
    signoz: Signoz,
    alertmanagers: Alertmanagers,
    prometheus: Prometheus,
    incidents: Incidents,
    telegram: Telegram,
    sentry: Sentry,
    analyser: Analyser,
    delivery: Delivery,
    repairs: Repairs,
    log: Log,
    faults: Faults,
  })
  .superRefine(({ incidents, delivery, telegram, server }, ctx) => {
    if (incidents.retentionMs < Math.max(SHORTEST_RETENTION_MS, delivery.giveUpAfterMs)) {
      wrongTogether(
        ctx,
        ['incidents', 'retentionMs'],
        'must be 1h at least, and no shorter than AWOOOI_DELIVERY_GIVE_UP_AFTER: what is forgotten is told to nobody',
      );
    }
    if (telegram.updates === 'webhook' && telegram.allowedUsers.length > 0 && server.publicUrl === undefined) {
      wrongTogether(ctx, ['server', 'publicUrl'], 'must be set together with TG_UPDATES=webhook');
    }
  });
export type Config = z.infer<typeof OperatorVariables>;

/** What the other commands read. */
export const CliVariables = z.object({ cli: Cli, network: Network, log: Log });
export type CliConfig = z.infer<typeof CliVariables>;

/** What the commands of the CLI read that open Redis themselves. */
const StoreVariables = z.object({ redis: Redis });

/** A whole configuration, or every problem at once: each a sentence with the variable, what is wrong and what is right. */
export type Loaded<T> = { readonly ok: true; readonly config: T } | { readonly ok: false; readonly problems: readonly string[] };

/** Reads and checks everything that the operator takes from its environment. Never throws. */
export function loadConfig(surroundings: Surroundings): Loaded<Config> {
  return load(OperatorVariables, surroundings);
}

/** The same for the commands of the CLI. */
export function loadCliConfig(surroundings: Surroundings): Loaded<CliConfig> {
  return load(CliVariables, surroundings);
}

/** The same for commands that open Redis. */
export function loadStoreConfig(surroundings: Surroundings): Loaded<z.infer<typeof StoreVariables>> {
  return load(StoreVariables, surroundings);
}

/** What looks like one of our variables and is none, with the one that was probably meant: a sentence for each. */
export function strangers({ env }: Surroundings): readonly string[] {
  return unknownNames(
    Object.keys(env),
    [...variablesOf(OperatorVariables), ...variablesOf(CliVariables)].map(({ facts }) => facts),
  );
}

/** The environment of this process: the only place that looks at it. */
export function processSurroundings(): Surroundings {
  return { env: process.env, readFile: path => readFileSync(path, 'utf8') };
}

function load<S extends Slices>(slices: S, surroundings: Surroundings): Loaded<z.output<S>> {
  const variables = variablesOf(slices);
  const input: Record<string, Record<string, unknown>> = {};
  for (const { slice, key, facts } of variables) input[slice] = { ...input[slice], [key]: given(facts, surroundings) };

  const problems = variables.flatMap(({ facts }) => givenTwice(facts, surroundings));
  const parsed = slices.safeParse(input);
  if (parsed.success && problems.length === 0) return { ok: true, config: parsed.data };
  const found = parsed.error?.issues ?? [];
  const of = ({ path }: z.core.$ZodIssue): VariableFacts | undefined =>
    variables.find(({ slice, key }) => slice === path[0] && key === path[1])?.facts;
  const said = (issue: z.core.$ZodIssue): string => {
    const facts = of(issue);
    return facts ? problem(issue, facts, surroundings) : issue.message;
  };
  const wrong = found.filter(issue => !isOfSeveral(issue)).flatMap(issue => of(issue) ?? []);
  // Zod looks at nothing together once one variable is wrong: with those left out, it says what else is.
  for (const { slice, key, facts } of variables) if (wrong.includes(facts)) input[slice] = { ...input[slice], [key]: fallback(facts) };
  const together = (slices.safeParse(input).error?.issues ?? []).filter(issue => isOfSeveral(issue)).map(said);
  const others = together.filter(text => !wrong.some(({ env }) => text.includes(env)));
  return { ok: false, problems: [...new Set([...problems, ...found.map(said), ...others])] };
}
