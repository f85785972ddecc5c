import type { AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import type { HopPorts } from '../domain/chain/hop-ports.ts';
import type { ClusterSurvey, TextEnd } from '../domain/ports/cluster-survey.ts';
import type { EarlierLearning } from '../domain/ports/earlier-learning.ts';
import type { IncidentApi } from '../domain/ports/incident-api.ts';
import type { LearningRepository } from '../domain/ports/learning-repository.ts';
import type { PlaybookReader } from '../domain/ports/playbook-reader.ts';
import type { ProbeTrigger } from '../domain/ports/probe-trigger.ts';
import type { PromqlSyntax } from '../domain/ports/promql-syntax.ts';
import type { RepairApi } from '../domain/ports/repair-api.ts';
import type { RunApprover } from '../domain/ports/run-approver.ts';
import type { SignozConnection, SignozRules } from '../domain/ports/signoz-rules.ts';
import type { TelegramBot, TelegramBotConnection } from '../domain/ports/telegram-bot.ts';
import type { KnownVariable } from '../domain/support/environment.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A stream that a command writes to; colour and progress only where it is a terminal. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** How wide it is, where it is a terminal. */
  readonly columns?: number;
}

const USUAL_WIDTH = 80;

/** To which texts are wrapped. */
export function widthOf({ columns = USUAL_WIDTH }: Output): number {
  return columns;
}

/** What `probe run` works with, from one environment. */
export interface RunSession {
  /** The target of probes that name none. */
  readonly apiBase: string;
  /** Whether a token for that target is given; it stands behind {@link API_TOKEN}. */
  readonly hasApiToken: boolean;
  /** Who is told of a failure. */
  readonly telegram: ToldChat | undefined;
  portsFor(probe: AlertChainProbe): Promise<HopPorts>;
  close(): Promise<void>;
}

export interface ToldChat {
  readonly bot: TelegramBot;
  readonly connection: TelegramBotConnection;
  readonly chatId: string;
}

/** An operator's API, as AWOOOI_API_BASE and AWOOOI_API_TOKEN name it. */
export interface ApiSession {
  readonly incidents: IncidentApi;
  readonly repairs: RepairApi;
  readonly apiBase: string;
  readonly hasApiToken: boolean;
  close(): Promise<void>;
}

/** A SigNoz, as SIGNOZ_URL, SIGNOZ_API_KEY and SIGNOZ_CA_FILE name it. */
export interface SignozSession {
  readonly rules: SignozRules;
  readonly connection: SignozConnection;
  /** Whose markers are ours; undefined where AWOOOI_CLUSTER_ID does not say. */
  readonly clusterId: string | undefined;
  close(): Promise<void>;
}

/** What repairs have taught, in the Redis that REDIS_URL names, and what an earlier system left there. */
export interface LearningSession {
  readonly learning: LearningRepository;
  readonly earlier: EarlierLearning;
  /** Resolves once Redis takes commands; throws PortError where the signal aborts first. */
  ready(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The cluster of a support bundle, and what else may go into one. Failures are PortErrors. */
export interface SurveySession {
  readonly survey: ClusterSurvey;
  /** Everything that the operator reads from its environment. */
  readonly variables: readonly KnownVariable[];
  /** What this process has that must be found in no bundle. */
  readonly secrets: readonly string[];
  /** A page over HTTP, also where its server says that it is not ready (503). */
  page(url: string, signal: AbortSignal): Promise<TextEnd>;
  fileEnd(path: string): Promise<TextEnd>;
  close(): Promise<void>;
}

/** A file that is there as a whole or not at all, readable by its owner alone. */
export interface NewFile {
  /** Puts it into its place. Throws where there is one already that may not be replaced. */
  keep(content: Uint8Array): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** The reference under which AWOOOI_API_TOKEN is known to a probe that has no target of its own. */
export const API_TOKEN = { name: 'awoooi-api', key: 'token' } as const;

export type Opened<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] };

/** What the commands need of the world; only what the command at hand needs is opened. */
export interface CliDeps {
  readonly version: string;
  readonly env: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The text of a file, or of standard input for `-`. Throws where it cannot be read. */
  readonly readText: (path: string) => Promise<string>;
  /** The path itself or, of a folder, those of the files that hold objects. Throws where there is nothing. */
  readonly filesAt: (path: string) => Promise<readonly string[]>;
  /** Runs until it is told to stop; resolves with the exit status. */
  readonly operator: () => Promise<number>;
  readonly openRun: (env: Environment) => Opened<RunSession>;
  readonly openApi: () => Opened<ApiSession>;
  readonly openLearning: (env: Environment) => Opened<LearningSession>;
  readonly openSignoz: (env: Environment) => Opened<SignozSession>;
  readonly promqlSyntax: () => Promise<PromqlSyntax>;
  readonly openTrigger: () => Promise<Opened<{ readonly trigger: ProbeTrigger; close(): Promise<void> }>>;
  readonly openApprover: () => Promise<Opened<{ readonly approver: RunApprover; close(): Promise<void> }>>;
  readonly openPlaybooks: () => Promise<Opened<{ readonly playbooks: PlaybookReader; close(): Promise<void> }>>;
  readonly openSurvey: () => Promise<Opened<SurveySession>>;
  /** Begins a file, so that one that cannot be written is known before the work is done; `-` is standard output. */
  readonly newFile: (path: string, options: { readonly force: boolean }) => Promise<Opened<NewFile>>;
  readonly newRunToken: () => string;
  readonly now: () => Date;
  readonly monotonic: () => number;
  /** Aborts when the person at the terminal has had enough. */
  readonly signal: AbortSignal;
}

/** Where a command leaves its exit status. */
export type Ended = (status: number) => void;

/** Exit statuses of every command. */
export const EXIT = { passed: 0, failed: 1, wrongInput: 2 } as const;
