import { randomUUID } from 'node:crypto';
import { kubernetesProbeTrigger } from '../adapters/kubernetes/probe-trigger.ts';
import { kubernetesPlaybookReader } from '../adapters/kubernetes/playbook-reader.ts';
import { kubernetesRunApprover } from '../adapters/kubernetes/run-approver.ts';
import { promqlSyntax } from '../adapters/promql/promql-syntax.ts';
import type { CliDeps, Opened } from '../cli/deps.ts';
import { EXIT } from '../cli/deps.ts';
import { awoooi } from '../cli/program.ts';
import { loadConfig, strangers } from '../config/load.ts';
import { SERVICE_ACCOUNT_DIR } from '../config/slices/kubernetes.ts';
import { type Surroundings, textOf } from '../config/surroundings.ts';
import type { KubeClient, KubeTexts } from '../kube/client.ts';
import { kubeClient } from '../kube/transport.ts';
import { openApi, openLearning, openRun, openSignoz, TELEGRAM_API } from './cli-session.ts';
import { filesAt } from './files-at.ts';
import { clusterCredentials } from './kube-access.ts';
import { newFile } from './new-file.ts';
import { operator } from './operator.ts';
import { readText } from './read-text.ts';
import { surveySession } from './survey-session.ts';
import { mindOutput } from './standard-output.ts';
import { VERSION } from './version.ts';

/** Runs one command line of `awoooi` and resolves with its exit status. SIGTERM and SIGINT end it in good order. */
export async function command(args: readonly string[], surroundings: Surroundings): Promise<number> {
  mindOutput(process);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  return awoooi(args, cliDeps(surroundings, stop.signal));
}

function cliDeps(surroundings: Surroundings, signal: AbortSignal): CliDeps {
  return {
    version: VERSION,
    env: surroundings.env,
    stdout: {
      write: line => void process.stdout.write(line),
      isTTY: process.stdout.isTTY,
      ...(process.stdout.isTTY && { columns: process.stdout.columns }),
    },
    stderr: { write: line => void process.stderr.write(line), isTTY: process.stderr.isTTY },
    readText,
    filesAt,
    operator: () => runOperator(surroundings, signal),
    openRun: env => openRun(env, { readFile: surroundings.readFile, telegramApi: TELEGRAM_API }),
    openApi: () => openApi(surroundings),
    openLearning: env => openLearning({ env, readFile: surroundings.readFile }),
    openSignoz: env => openSignoz({ env, readFile: surroundings.readFile }),
    promqlSyntax,
    openTrigger: () => inCluster(surroundings, client => ({ trigger: kubernetesProbeTrigger(client, Math.random) })),
    openPlaybooks: () => inCluster(surroundings, client => ({ playbooks: kubernetesPlaybookReader(client) })),
    openApprover: () => inCluster(surroundings, client => ({ approver: kubernetesRunApprover(client, Math.random) })),
    openSurvey: () => inCluster(surroundings, client => surveySession(client, surroundings)),
    newFile,
    newRunToken: randomUUID,
    now: () => new Date(),
    monotonic: () => performance.now(),
    signal,
  };
}

/** Every wrong setting is told at once, on stderr, with exit status 2: a pod that restarts for each of them helps nobody. */
async function runOperator(surroundings: Surroundings, stop: AbortSignal): Promise<number> {
  const loaded = loadConfig(surroundings);
  if (!loaded.ok) {
    for (const problem of loaded.problems) process.stderr.write(`awoooi operator: ${problem}\n`);
    return EXIT.wrongInput;
  }
  try {
    await operator(loaded.config, { strangers: strangers(surroundings), stop });
    return EXIT.passed;
  } catch (err) {
    process.stderr.write(`awoooi operator: ${err instanceof Error ? err.message : String(err)}\n`);
    return EXIT.failed;
  }
}

/** Something that works in the cluster of KUBECONFIG or of our own pod, with its rights. */
async function inCluster<T extends object & { close?(): Promise<void> }>(
  surroundings: Surroundings,
  made: (client: KubeClient & KubeTexts) => T,
): Promise<Opened<T & { close(): Promise<void> }>> {
  try {
    const [host, port = '443'] = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'].map(name => textOf(surroundings, name));
    const service = host === undefined ? undefined : { host, port, serviceAccountDir: SERVICE_ACCOUNT_DIR };
    // Where kubectl looks when KUBECONFIG is not set; in a pod there is none, and the ServiceAccount counts.
    const home = service ? undefined : textOf(surroundings, 'HOME');
    const kubeconfig = textOf(surroundings, 'KUBECONFIG') ?? (home === undefined ? undefined : `${home}/.kube/config`);
    const credentials = await clusterCredentials({ kubeconfig, service });
    const client = kubeClient({ credentials, userAgent: `awoooi/${VERSION}` });
    const opened = made(client);
    const close = async (): Promise<void> => {
      await Promise.all([opened.close?.(), client.close()]);
    };
    return { ok: true, value: { ...opened, close } };
  } catch (err) {
    return { ok: false, problems: [err instanceof Error ? err.message : String(err)] };
  }
}
