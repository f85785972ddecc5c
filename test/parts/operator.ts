import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onFreePorts, portAt } from './free-port.ts';
import { Root } from './installed.ts';
import { type Part, startPart } from './part.ts';
import { answers } from './process.ts';
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
  /** Taken when the parts that send to it must know its port before it starts. */
  readonly port?: number;
}

export interface Operator extends Part {
  readonly opsUrl: string;
  setWebhookToken(token: string): void;
}

/** The operator as an ordinary process on free loopback ports, from source. Ready once it answers /readyz. */
export function startOperator(options: OperatorOptions): Promise<Operator> {
  return onFreePorts(2, async ports => {
    const folder = runFolder('operator');
    const port = options.port ?? portAt(ports, 0);
    const opsUrl = `http://127.0.0.1:${portAt(ports, 1)}`;
    const tokenFile = join(folder, 'webhook-tokens');
    const setWebhookToken = (token: string): void => writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
    setWebhookToken(options.webhookToken);
    try {
      const part = await startPart({
        spec: {
          name: 'operator',
          command: process.execPath,
          args: [join(Root, 'src/main.ts'), 'operator'],
          env: environment(options, { port, opsPort: portAt(ports, 1), tokenFile }),
        },
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

interface Places {
  readonly port: number;
  readonly opsPort: number;
  readonly tokenFile: string;
}

/** Only what is named here: a developer's own AWOOOI_ or TG_ variables must not reach it. */
function environment({ kubeconfig, redisUrl, apiToken, env }: OperatorOptions, { port, opsPort, tokenFile }: Places): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    KUBECONFIG: kubeconfig,
    REDIS_URL: redisUrl,
    AWOOOI_LISTEN_ADDRESS: '127.0.0.1',
    AWOOOI_API_PORT: String(port),
    AWOOOI_OPS_PORT: String(opsPort),
    AWOOOI_PUBLIC_URL: `http://127.0.0.1:${port}`,
    AWOOOI_WEBHOOK_TOKENS_FILE: tokenFile,
    AWOOOI_API_TOKENS: `demo:${apiToken}`,
    LOG_LEVEL: 'info',
    ...env,
  };
}
