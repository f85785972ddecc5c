import { z } from 'zod';

interface Call {
  readonly key?: string;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export type SignozCaller = (method: string, path: string, call?: Call) => Promise<readonly [number, unknown]>;

/** Asks a SigNoz and gives back status and body, parsed where it is JSON. */
export function signozCaller(signoz: { readonly url: string; readonly editorKey: string }): SignozCaller {
  return async (method, path, { key = signoz.editorKey, body } = {}) => {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'SIGNOZ-API-KEY': key, 'content-type': 'application/json' };
    const response = await fetch(`${signoz.url}${path}`, { method, headers, ...(body !== undefined && { body: payload }) });
    const text = await response.text();
    return [response.status, response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text];
  };
}

const OneRule = z.object({ data: z.looseObject({ id: z.string() }) });
const Rules = z.object({ data: z.array(z.looseObject({ id: z.string() })) });

/** The rule in an answer. */
export function ruleIn([, body]: readonly [number, unknown]): z.infer<typeof OneRule>['data'] {
  return OneRule.parse(body).data;
}

export function rulesIn([, body]: readonly [number, unknown]): z.infer<typeof Rules>['data'] {
  return Rules.parse(body).data;
}
