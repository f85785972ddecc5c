import type { Config } from '../config/load.ts';
import type { SignozConnection } from '../domain/ports/signoz-rules.ts';

/** The operator's own connection to SigNoz, for the namespaces that may use it. */
export function defaultSignozOf({ url, apiKey, namespaces }: Config['signoz']): (namespace: string) => SignozConnection | undefined {
  return namespace => (url !== undefined && apiKey && namespaces.includes(namespace) ? { url, apiKey: apiKey.current() } : undefined);
}
