import { alertmanagerApi } from '../adapters/alertmanager/alertmanager.ts';
import { environmentSecrets, secretVariable } from '../adapters/environment/secret-reader.ts';
import { operatorDrills } from '../adapters/operator-api/drills.ts';
import { operatorIncidents } from '../adapters/operator-api/incidents.ts';
import { operatorRepairs } from '../adapters/operator-api/repairs.ts';
import { operatorWatchdogs } from '../adapters/operator-api/watchdog-sightings.ts';
import { connectRedis } from '../adapters/redis/connection.ts';
import { redisEarlierLearning } from '../adapters/redis/learning/earlier.ts';
import { redisLearning } from '../adapters/redis/learning/learning.ts';
import { signozChannels } from '../adapters/signoz/channels.ts';
import { signozRules } from '../adapters/signoz/rules.ts';
import { httpTarget } from '../adapters/target/http-target.ts';
import { telegramBot } from '../adapters/telegram/telegram-bot.ts';
import {
  API_TOKEN,
  type ApiSession,
  type Environment,
  type LearningSession,
  type Opened,
  type RunSession,
  type SignozSession,
} from '../cli/deps.ts';
import { type CliConfig, loadCliConfig, loadStoreConfig } from '../config/load.ts';
import { type Surroundings, textOf } from '../config/surroundings.ts';
import type { AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import type { SecretReader } from '../domain/ports/secret-reader.ts';
import { outgoingClient } from '../net/outgoing.ts';

export const TELEGRAM_API = 'https://api.telegram.org';

const now = (): Date => new Date();

export interface SessionOptions {
  readonly readFile: Surroundings['readFile'];
  readonly telegramApi: string;
}

/** Everything that `probe run` needs outside of a cluster, from one environment; or all that is wrong with its settings. */
export function openRun(env: Environment, { readFile, telegramApi }: SessionOptions): Opened<RunSession> {
  const loaded = loadCliConfig({ env, readFile });
  if (!loaded.ok) return loaded;
  const { cli, network } = loaded.config;
  const client = outgoingClient({ deny: network.deny, allow: network.allow });
  const bot = telegramBot(client);
  const secrets = environmentSecrets(withApiToken(env, cli));
  const session: RunSession = {
    apiBase: cli.apiBase,
    hasApiToken: cli.apiToken !== undefined,
    telegram: toldChat(cli, telegramApi, bot),
    async portsFor(probe) {
      const api = textOf({ env, readFile }, 'AWOOOI_API_BASE') === undefined ? await apiOfTarget(probe, cli, secrets) : apiOfSettings(cli);
      return {
        http: httpTarget(client),
        alertmanager: alertmanagerApi(client),
        signoz: signozChannels(client),
        telegram: bot,
        ...operatorDrills({ client, ...api }, now, Math.random),
        watchdogs: operatorWatchdogs({ client, ...api }, now),
        secrets,
        publicUrl: cli.publicUrl,
        now,
      };
    },
    close: () => client.close(),
  };
  return { ok: true, value: session };
}

/** The operator's API for the commands that read its incidents. */
export function openApi(surroundings: Surroundings): Opened<ApiSession> {
  const loaded = loadCliConfig(surroundings);
  if (!loaded.ok) return loaded;
  const { cli, network } = loaded.config;
  const client = outgoingClient({ deny: network.deny, allow: network.allow });
  const session: ApiSession = {
    incidents: operatorIncidents({ client, ...apiOfSettings(cli) }),
    repairs: operatorRepairs({ client, ...apiOfSettings(cli) }),
    apiBase: cli.apiBase,
    hasApiToken: cli.apiToken !== undefined,
    close: () => client.close(),
  };
  return { ok: true, value: session };
}

/** SigNoz for the commands that read rules there. */
export function openSignoz(surroundings: Surroundings): Opened<SignozSession> {
  const loaded = loadCliConfig(surroundings);
  if (!loaded.ok) return loaded;
  const { cli, network } = loaded.config;
  const { signozUrl, signozApiKey } = cli;
  if (signozUrl === undefined || signozApiKey === undefined) return { ok: false, problems: [NO_SIGNOZ] };
  const ca = caBundle(surroundings, cli.signozCaFile);
  if (!ca.ok) return ca;
  const client = outgoingClient({ deny: network.deny, allow: network.allow });
  const session: SignozSession = {
    rules: signozRules(client, now),
    connection: { url: signozUrl, apiKey: signozApiKey.current(), ...(ca.value !== undefined && { caBundle: ca.value }) },
    clusterId: cli.clusterId,
    close: () => client.close(),
  };
  return { ok: true, value: session };
}

/** Redis, as the operator reaches it, for the commands that need what is kept there. */
export function openLearning(surroundings: Surroundings): Opened<LearningSession> {
  const loaded = loadStoreConfig(surroundings);
  if (!loaded.ok) return loaded;
  const redis = connectRedis({ url: loaded.config.redis.url.current() });
  const session: LearningSession = {
    learning: redisLearning(redis.commands),
    earlier: redisEarlierLearning(redis),
    ready: signal => redis.ready(signal),
    close: () => redis.close(),
  };
  return { ok: true, value: session };
}

const NO_SIGNOZ = 'SIGNOZ_URL and SIGNOZ_API_KEY say which SigNoz is meant: set both, or give them by --env-file';

function caBundle({ readFile }: Surroundings, file: string | undefined): Opened<string | undefined> {
  if (file === undefined) return { ok: true, value: undefined };
  try {
    return { ok: true, value: readFile(file) };
  } catch (err) {
    return { ok: false, problems: [`SIGNOZ_CA_FILE: ${err instanceof Error ? err.message : String(err)}; give the path of a PEM file`] };
  }
}

type Api = { readonly baseUrl: string; readonly token: string | undefined };

function apiOfSettings({ apiBase, apiToken }: CliConfig['cli']): Api {
  return { baseUrl: apiBase, token: apiToken?.current() };
}

/** The API that a probe's own target is, with that target's credentials: it takes a password as a token too. */
async function apiOfTarget({ metadata, spec }: AlertChainProbe, cli: CliConfig['cli'], secrets: SecretReader): Promise<Api> {
  const { url = cli.apiBase, auth } = spec.target ?? {};
  const ref = auth?.bearerToken ?? auth?.basic?.password;
  const found = ref && (await secrets.read(metadata.namespace, ref, new AbortController().signal));
  return { baseUrl: url, token: found?.is === 'found' ? found.value : cli.apiToken?.current() };
}

function withApiToken(env: Environment, { apiToken }: CliConfig['cli']): Environment {
  return apiToken === undefined ? env : { ...env, [secretVariable(API_TOKEN)]: apiToken.current() };
}

function toldChat({ telegramBotToken, telegramChatId }: CliConfig['cli'], apiRoot: string, bot: ReturnType<typeof telegramBot>) {
  if (telegramBotToken === undefined || telegramChatId === undefined) return undefined;
  return { bot, connection: { token: telegramBotToken.current(), apiRoot }, chatId: telegramChatId };
}
