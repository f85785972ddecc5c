import type { APIError, OpenAI } from 'openai';
import { retryAfterMs } from '../../domain/delivery/retry-after.ts';
import type { Analyser, ModelAnswer, Question } from '../../domain/ports/analyser.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { statusFault, wireError } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';
import { jsonInAnswer } from './json-in-answer.ts';
import { outgoingFetch } from './outgoing-fetch.ts';
import { Answer, Completion } from './schema.ts';

export interface AnalyserConnection {
  /** Up to and with `/v1`. */
  readonly url: string;
  readonly model: string;
  /** Read at each question, for it may be rotated. */
  apiKey(): string | undefined;
  readonly timeoutMs: number;
  readonly now: () => Date;
}

type Call = (client: OpenAI) => Promise<unknown>;

/** Analyser over any endpoint that speaks OpenAI's chat completions. The SDK is loaded with the first question: it is big, and often unused. */
export function openaiAnalyser(client: OutgoingClient, connection: AnalyserConnection): Analyser {
  return {
    async ask(question, signal) {
      return { model: connection.model, ...answerOf(await jsonAnswer(client, connection, { question, signal })) };
    },
  };
}

/** The JSON that a model answers a question with; undefined where its text holds none. */
export async function jsonAnswer(
  client: OutgoingClient,
  connection: AnalyserConnection,
  { question, signal }: { readonly question: Question; readonly signal: AbortSignal },
): Promise<unknown> {
  const { model } = connection;
  const messages = [
    { role: 'system' as const, content: question.system },
    { role: 'user' as const, content: question.user },
  ];
  const inJson: Call = openai => openai.chat.completions.create({ model, messages, response_format: { type: 'json_object' } });
  const anyhow: Call = openai => openai.chat.completions.create({ model, messages });
  const { data } = Completion.safeParse(await completed(client, { connection, calls: [inJson, anyhow] }, signal));
  if (!data) throw malformed('its answer is no chat completion: check that AWOOOI_ANALYSER_URL ends in /v1');
  return jsonInAnswer(data.choices[0].message.content);
}

interface Attempt {
  readonly connection: AnalyserConnection;
  /** The next one is for servers that refuse what only the one before asks for. */
  readonly calls: readonly Call[];
}

async function completed(client: OutgoingClient, { connection, calls }: Attempt, signal: AbortSignal): Promise<unknown> {
  const { url, timeoutMs } = connection;
  const { OpenAI, APIError } = await import('openai');
  const apiKey = connection.apiKey();
  const outgoing = outgoingFetch(client, { apiKey, deadlineMs: timeoutMs, signal });
  const options = {
    baseURL: url,
    apiKey: apiKey ?? 'none',
    // Or the SDK would read these from the environment, and write to the console.
    organization: null,
    project: null,
    logLevel: 'off' as const,
    maxRetries: 0,
    timeout: timeoutMs + 1_000,
    fetch: outgoing.fetch,
  };
  const [call, ...others] = calls;
  try {
    return await call?.(new OpenAI(options));
  } catch (err) {
    const failure = outgoing.failure();
    if (failure) throw wireError(failure);
    if (!(err instanceof APIError) || err.status === undefined) throw malformed(excerpt(String(err), secretsOf(apiKey)));
    const answered: APIError = err;
    if (refusesFormat(answered) && others.length > 0) return completed(client, { connection, calls: others }, signal);
    throw refused(answered, { apiKey, now: connection.now() });
  }
}

/** Some servers know only text, and say so. */
function refusesFormat({ status, message }: APIError): boolean {
  return status === 400 && message.includes('response_format');
}

const HINTS: Readonly<Record<number, string>> = {
  401: ': AWOOOI_ANALYSER_API_KEY is wrong or has expired',
  403: ': AWOOOI_ANALYSER_API_KEY may not use this model',
  404: ': check AWOOOI_ANALYSER_URL, which ends in /v1, and AWOOOI_ANALYSER_MODEL',
};

function refused(
  { status = 0, message, headers }: APIError,
  { apiKey, now }: { readonly apiKey: string | undefined; readonly now: Date },
): PortError {
  const asked = retryAfterMs(headers?.get('retry-after') ?? undefined, now);
  return new PortError(
    statusFault(status) ?? 'malformed',
    // The SDK begins its message with the status.
    `the analyser answered ${excerpt(message, secretsOf(apiKey))}${HINTS[status] ?? ''}`,
    { statusCode: status, ...(asked !== undefined && { retryAfterMs: asked }) },
  );
}

function answerOf(said: unknown): Omit<ModelAnswer, 'model'> {
  const answer = Answer.safeParse(said);
  if (answer.success) return answer.data;
  const wrong = answer.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; ');
  throw malformed(`its answer is not the JSON that was asked for (${excerpt(wrong)})`);
}

export function malformed(what: string): PortError {
  return new PortError('malformed', `the analyser cannot be understood: ${what}`);
}

function secretsOf(apiKey: string | undefined): string[] {
  return apiKey === undefined ? [] : [apiKey];
}
