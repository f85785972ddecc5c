import { open } from 'node:fs/promises';
import { kubernetesClusterSurvey } from '../adapters/kubernetes/cluster-survey.ts';
import type { SurveySession } from '../cli/deps.ts';
import { CliVariables, loadCliConfig, OperatorVariables } from '../config/load.ts';
import { fileVariable, type Surroundings, textOf } from '../config/surroundings.ts';
import { type VariableFacts, variablesOf } from '../config/variable.ts';
import type { TextEnd } from '../domain/ports/cluster-survey.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { statusFault, wireError } from '../domain/ports/wire-failure.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import type { KubeClient, KubeTexts } from '../kube/client.ts';
import { NetError } from '../net/net-error.ts';
import { type OutgoingClient, outgoingClient } from '../net/outgoing.ts';

const PAGE_MS = 10_000;
const PAGE_BYTES = 8 * 1024 * 1024;
const FILE_BYTES = 4 * 1024 * 1024;

/** The world of `awoooi support-bundle`. */
export function surveySession(client: KubeClient & KubeTexts, surroundings: Surroundings): SurveySession {
  const loaded = loadCliConfig(surroundings);
  const { deny = [], allow = [] } = loaded.ok ? loaded.config.network : {};
  const outgoing = outgoingClient({ deny, allow });
  const operator = variablesOf(OperatorVariables).map(({ facts }) => facts);
  const all = [...operator, ...variablesOf(CliVariables).map(({ facts }) => facts)];
  return {
    survey: kubernetesClusterSurvey(client),
    variables: operator.map(facts => ({ env: facts.env, secret: facts.secret === true, default: facts.default })),
    secrets: all.filter(({ secret }) => secret).flatMap(facts => secretsOf(facts, surroundings)),
    page: (url, signal) => page(outgoing, url, signal),
    fileEnd,
    close: () => outgoing.close(),
  };
}

/** What a secret variable of this process holds, and the file that it names. */
function secretsOf(facts: VariableFacts, surroundings: Surroundings): string[] {
  const text = textOf(surroundings, facts.env);
  const file = textOf(surroundings, fileVariable(facts));
  return [...(text === undefined ? [] : [text]), ...(file === undefined ? [] : contentOf(file, surroundings))];
}

function contentOf(file: string, { readFile }: Surroundings): string[] {
  try {
    return [readFile(file)];
  } catch {
    // What cannot be read here cannot get into the bundle from here.
    return [];
  }
}

async function page(client: OutgoingClient, url: string, signal: AbortSignal): Promise<TextEnd> {
  try {
    const { status, body } = await client.send({ method: 'GET', url, deadlineMs: PAGE_MS, maxAnswerBytes: PAGE_BYTES, signal });
    const fault = status === 503 ? undefined : statusFault(status);
    if (fault) throw new PortError(fault, `GET ${url} was answered ${status}: ${excerpt(body)}`, { statusCode: status });
    return { text: body, droppedBytes: 0, unfinished: false };
  } catch (err) {
    throw err instanceof NetError ? wireError(err) : err;
  }
}

async function fileEnd(path: string): Promise<TextEnd> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const droppedBytes = Math.max(0, size - FILE_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - droppedBytes), 0, size - droppedBytes, droppedBytes);
    return { text: buffer.subarray(0, bytesRead).toString('utf8'), droppedBytes, unfinished: false };
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new PortError('rejected', `${path} cannot be read: ${why}; name the file that the operator's log goes to`, { cause: err });
  }
}
