import type { Received, Reply } from './http-server.ts';

export type Params = Readonly<Record<string, unknown>>;
export type Method = (params: Params) => Reply | Promise<Reply>;

/** What the Bot API refuses, in its own words. */
export class Refusal extends Error {
  readonly code: number;
  readonly parameters: Params | undefined;

  constructor(code: number, description: string, parameters?: Params) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

export function badRequest(what: string, parameters?: Params): Refusal {
  return new Refusal(400, `Bad Request: ${what}`, parameters);
}

export function success(result: unknown): Reply {
  return { status: 200, body: { ok: true, result } };
}

export function failure(code: number, description: string, parameters?: Params): Reply {
  const retryAfter = parameters?.['retry_after'];
  return {
    status: code,
    body: { ok: false, error_code: code, description, ...(parameters && { parameters }) },
    ...(typeof retryAfter === 'number' && { headers: { 'retry-after': String(retryAfter) } }),
  };
}

export function tooMany(retryAfter: number): Refusal {
  return new Refusal(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter });
}

/** Parameters of the query and of a JSON body, or of a form as curl sends it, together. */
export function paramsOf({ query, headers, body }: Received): Params {
  const fromQuery = Object.fromEntries(query);
  if (headers['content-type']?.includes('application/x-www-form-urlencoded')) {
    return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(body)) };
  }
  if (!headers['content-type']?.includes('application/json') || body === '') return fromQuery;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...fromQuery, ...parsed } : fromQuery;
  } catch {
    throw badRequest("can't parse JSON object");
  }
}
