import { request } from 'node:https';

export interface HttpsOptions {
  readonly ca: string;
  readonly token?: string;
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** By default application/json. */
  readonly contentType?: string;
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
}

/** One request on a connection of its own, so that tests of connection faults never meet a pooled one. */
export function httpsRequest(url: string, options: HttpsOptions): Promise<Answer> {
  const { ca, token, method = 'GET', body, contentType = 'application/json', timeoutMs = 10_000 } = options;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = contentType;
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, ca, agent: false, signal: AbortSignal.timeout(timeoutMs) }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) }));
    });
    call.once('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
