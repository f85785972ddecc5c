import { afterEach, expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { outgoingClient } from '../net/outgoing.ts';
import type { Logger } from '../telemetry/logger.ts';
import { metrics } from '../telemetry/registry.ts';
import { defaultSignozOf } from './default-signoz.ts';
import { hopPorts } from './hop-ports.ts';
import { stores } from './stores.ts';

const now = (): Date => new Date();
const log: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };
const SIGNOZ = { SIGNOZ_URL: 'http://signoz.example:8080', SIGNOZ_API_KEY: 'key-of-the-operator' };

const cleanups: (() => unknown)[] = [];
afterEach(() => Promise.all(cleanups.splice(0).map(cleanup => cleanup())));

/** The ports as the operator would have them with these settings. */
function portsWith(settings: Record<string, string>) {
  const env = { KUBECONFIG: '/kubeconfig', AWOOOI_ALLOW_UNAUTHENTICATED: 'true', REDIS_URL: 'redis://127.0.0.1:1', ...settings };
  const loaded = loadConfig({ env, readFile: path => `read ${path}` });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const outgoing = outgoingClient();
  const kept = stores({ config: loaded.config, replica: 'replica', page: metrics({ process: false }), log, now });
  cleanups.push(
    () => outgoing.close(),
    () => kept.close(),
  );
  const secrets = { read: async () => ({ is: 'found', value: '' }) as const };
  return hopPorts({ outgoing, stores: kept, secrets, publicUrl: undefined, defaultSignoz: defaultSignozOf(loaded.config.signoz), now });
}

it.each([
  ['a namespace on the list', 'prod', { ...SIGNOZ, AWOOOI_DEFAULT_NAMESPACES: 'staging,prod' }, true],
  ['one that is not on it', 'guest', { ...SIGNOZ, AWOOOI_DEFAULT_NAMESPACES: 'staging,prod' }, false],
  ['one whose name only begins like one on it', 'prod-2', { ...SIGNOZ, AWOOOI_DEFAULT_NAMESPACES: 'prod' }, false],
  ['any while the list is empty', 'prod', SIGNOZ, false],
  ['one on the list of a SigNoz that is not set', 'prod', { AWOOOI_DEFAULT_NAMESPACES: 'prod' }, false],
])('of the default SigNoz, %s gets what it may', (_, namespace, settings, allowed) => {
  const given = allowed ? { url: SIGNOZ.SIGNOZ_URL, apiKey: SIGNOZ.SIGNOZ_API_KEY } : undefined;
  expect(portsWith(settings).defaultSignoz?.(namespace)).toEqual(given);
});
