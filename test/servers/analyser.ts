import { type HttpServer, type Received, type Reply, startHttpServer } from './http-server.ts';

interface Message {
  readonly role: string;
  readonly content: string;
}

/** How it answers a question that is in order. */
export type AnalystMood =
  | 'json'
  /** As servers without response_format: thinking aloud, and fences around the JSON. */
  | 'talkative'
  | 'nonsense'
  /** Says again what it was asked. */
  | 'echo'
  | 'empty'
  /** Refuses response_format with 400. */
  | 'plain-text-only';

export interface AnalyserOptions {
  /** Undefined: it wants none, and takes none amiss. */
  readonly apiKey?: string;
  readonly model?: string;
  readonly answer?: unknown;
  readonly port?: number;
}

export interface AnalyserServer extends HttpServer {
  /** Up to and with /v1. */
  readonly baseUrl: string;
  readonly model: string;
  /** The messages of every question that was in order. */
  readonly questions: readonly (readonly Message[])[];
  setMood(mood: AnalystMood): void;
  /** What it answers as JSON from now on. */
  setAnswer(answer: unknown): void;
}

const ANSWER = {
  root_cause: 'The pool of connections is exhausted.',
  impact: 'Orders cannot be created.',
  fix: 'kubectl -n prod rollout restart deployment/api',
  prevention: 'Alert on the use of the pool.',
  confidence: 0.85,
};

/** A stand-in of an OpenAI-compatible endpoint: `POST /v1/chat/completions` and nothing else, errors in OpenAI's envelope. */
export async function startAnalyser(options: AnalyserOptions = {}): Promise<AnalyserServer> {
  const { apiKey, model = 'stand-in-1', port } = options;
  const questions: (readonly Message[])[] = [];
  let answer: unknown = options.answer ?? ANSWER;
  let mood: AnalystMood = 'json';

  function handle(request: Received): Reply {
    if (request.path !== '/v1/chat/completions')
      return failure(404, 'invalid_request_error', `Invalid URL (${request.method} ${request.path})`);
    if (request.method !== 'POST') return failure(405, 'invalid_request_error', 'Not allowed to call this method');
    if (apiKey !== undefined && request.headers['authorization'] !== `Bearer ${apiKey}`) {
      return failure(401, 'invalid_api_key', `Incorrect API key provided: ${request.headers['authorization'] ?? 'none'}`);
    }
    const asked = parsed(request.body);
    if (asked === undefined) return failure(400, 'invalid_request_error', 'We could not parse the JSON body of your request.');
    if (asked['model'] !== model) return failure(404, 'model_not_found', `The model \`${String(asked['model'])}\` does not exist`);
    const messages = messagesOf(asked['messages']);
    if (messages === undefined) return failure(400, 'invalid_request_error', "Invalid type for 'messages'");
    if (asked['response_format'] !== undefined && mood === 'plain-text-only') {
      return failure(400, 'invalid_request_error', "'response_format.type' must be 'text'");
    }
    questions.push(messages);
    return completion(model, said(mood, answer, messages), questions.length);
  }

  const server = await startHttpServer({ handle, ...(port !== undefined && { port }) });
  return {
    ...server,
    baseUrl: `${server.url}/v1`,
    model,
    questions,
    setMood: value => {
      mood = value;
    },
    setAnswer: value => {
      answer = value;
    },
  };
}

function said(mood: AnalystMood, answer: unknown, messages: readonly Message[]): string {
  const json = JSON.stringify(answer);
  switch (mood) {
    case 'json':
    case 'plain-text-only':
      return json;
    case 'talkative':
      return `<think>It may be {"confidence": 1}.</think>\nHere is what I found:\n\`\`\`json\n${json}\n\`\`\`\nShall I go on?`;
    case 'nonsense':
      return 'As a language model I like {curly} braces.';
    case 'echo':
      return messages.map(({ content }) => content).join('\n');
    case 'empty':
      return '';
  }
}

function completion(model: string, content: string, count: number): Reply {
  return {
    status: 200,
    body: {
      id: `chatcmpl-${count}`,
      object: 'chat.completion',
      created: 1_787_220_300,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    },
  };
}

function failure(status: number, code: string, message: string): Reply {
  return { status, body: { error: { message, type: 'invalid_request_error', param: null, code } } };
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function messagesOf(value: unknown): readonly Message[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const messages = value.filter(isMessage);
  return messages.length === value.length ? messages : undefined;
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || !('role' in value) || !('content' in value)) return false;
  return ['system', 'developer', 'user', 'assistant'].includes(String(value.role)) && typeof value.content === 'string';
}
