import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onFreePorts, portAt } from './free-port.ts';
import { cacheFolder } from './installed.ts';
import { type Part, startPart } from './part.ts';
import { answers, type ChildSpec } from './process.ts';
import { program } from './program.ts';
import { runFolder } from './run-folder.ts';

export interface OperatorOptions {
  /** A kubeconfig with the rights of config/rbac. */
  readonly kubeconfig: string;
  readonly redisUrl: string;
  /** What senders of alerts must show; can be changed while it runs by `setWebhookToken`. */
  readonly webhookToken: string;
  readonly apiToken: string;
  /** More of its environment, for example `AWOOOI_NAMESPACES`. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is run instead of the source, for example the build's `dist/src/main.js`. */
  readonly program?: string;
  /** Options of Node itself. */
  readonly nodeFlags?: readonly string[];
  /** Taken when the parts that send to it must know its port before it starts. */
  readonly port?: number;
}

export interface Operator extends Part {
  readonly opsUrl: string;
  setWebhookToken(token: string): void;
}

/** As the first line of src/main.ts has it (docs/adr/0003): the young generation kept small, and the heap growing in small steps. */
export const NODE_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=30'];
/** Of tests, which have memory enough: a larger young generation saves a fifth of the processor time of a start. */
const ROOMY_FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16'];
const flags = (): string[] => (process.env['VITEST'] === undefined ? NODE_FLAGS : ROOMY_FLAGS);

/** The operator as an ordinary process on free loopback ports. Ready once it answers /readyz. */
export function startOperator(options: OperatorOptions): Promise<Operator> {
  return onFreePorts(2, async ports => {
    const folder = runFolder('operator');
    const port = options.port ?? portAt(ports, 0);
    const opsPort = portAt(ports, 1);
    const opsUrl = `http://127.0.0.1:${opsPort}`;
    const setWebhookToken = (token: string): void => writeFileSync(tokenFile(folder), `${token}\n`, { mode: 0o600 });
    try {
      const part = await startPart({
        spec: operatorSpec(options, { port, opsPort, folder }),
        url: `http://127.0.0.1:${port}`,
        port,
        folder,
        ready: () => answers(`${opsUrl}/readyz`),
      });
      return { ...part, opsUrl, setWebhookToken };
    } catch (err) {
      rmSync(folder, { recursive: true, force: true });
      throw err;
    }
  });
}

export interface Places {
  readonly port: number;
  readonly opsPort: number;
  /** Where the file with the webhook tokens lies. */
  readonly folder: string;
}

/** The operator as a process to be started, also by those who want to see how it ends. */
export function operatorSpec(options: OperatorOptions, places: Places): ChildSpec {
  writeFileSync(tokenFile(places.folder), `${options.webhookToken}\n`, { mode: 0o600 });
  return {
    name: 'operator',
    command: process.execPath,
    args: [...(options.nodeFlags ?? flags()), options.program ?? program(), 'operator'],
    env: environment(options, places),
  };
}

const tokenFile = (folder: string): string => join(folder, 'webhook-tokens');

/** Only what is named here: a developer's own AWOOOI_ or TG_ variables must not reach it. */
function environment({ kubeconfig, redisUrl, apiToken, env }: OperatorOptions, { port, opsPort, folder }: Places): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    // Halves the time that a start from source takes.
    NODE_COMPILE_CACHE: join(cacheFolder(), 'compile'),
    KUBECONFIG: kubeconfig,
    REDIS_URL: redisUrl,
    AWOOOI_LISTEN_ADDRESS: '127.0.0.1',
    AWOOOI_API_PORT: String(port),
    AWOOOI_OPS_PORT: String(opsPort),
    AWOOOI_PUBLIC_URL: `http://127.0.0.1:${port}`,
    AWOOOI_WEBHOOK_TOKENS_FILE: tokenFile(folder),
    AWOOOI_API_TOKENS: `demo:${apiToken}`,
    LOG_LEVEL: 'info',
    ...env,
  };
}
