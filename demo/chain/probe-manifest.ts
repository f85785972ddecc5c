import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Root } from '../../test/parts/installed.ts';
import { CHAT, NAMESPACE, SENTRY_SECRET, type Stage } from '../stage.ts';

const Hop = z.looseObject({ name: z.string(), type: z.string() });
const Manifest = z.looseObject({ metadata: z.looseObject({}), spec: z.looseObject({ hops: z.array(Hop) }) });

/**
 * examples/production.yaml as a user would apply it, with the addresses of this machine's parts for those of a cluster,
 * and times that suit a demonstration; with the Secrets that it names. JSON documents that `kubectl apply` takes.
 */
export function chainManifests(stage: Stage): string {
  const manifest = Manifest.parse(parse(readFileSync(join(Root, 'examples/production.yaml'), 'utf8')));
  const hops = manifest.spec.hops.map(hop => ({ ...hop, ...localised(hop.type, stage) }));
  const { maintenance: _, afterRollout: __, ...spec } = manifest.spec;
  const probe = {
    ...manifest,
    metadata: { name: 'chain', namespace: NAMESPACE },
    spec: {
      ...spec,
      schedule: { every: '1m' },
      failureThreshold: 1,
      target: { url: stage.target.url, auth: { bearerToken: { name: 'api', key: 'token' } } },
      hops,
      notify: { telegram: { botToken: { name: 'telegram', key: 'token' }, chatId: CHAT, apiRoot: stage.telegram.url } },
      heartbeat: { url: `${stage.target.url}/api/v1/health` },
    },
  };
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...secrets(stage), probe] });
}

function localised(type: string, { alertmanagers, telegram }: Stage): object {
  const urls = alertmanagers.map(({ url }) => url);
  switch (type) {
    case 'Telegram':
      return { telegram: { via: 'Bot', botToken: { name: 'telegram', key: 'token' }, chatId: CHAT, apiRoot: telegram.url } };
    case 'AlertmanagerCanary':
      return {
        latencyBudget: '3s',
        alertmanager: { urls, receiver: 'awoooi', peerTimeout: '2s', routes: [{ labels: { severity: 'critical' } }] },
      };
    case 'SignozCanary':
      return { signoz: { secretRef: { name: 'signoz' }, channel: 'awoooi' } };
    case 'Watchdog':
      return { watchdog: { source: 'alertmanager', maxAge: '15s' } };
    default:
      return {};
  }
}

function secret(name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE }, stringData };
}

function secrets({ apiToken, telegram, signoz }: Stage): object[] {
  return [
    secret('api', { token: apiToken }),
    secret('sentry', { clientSecret: SENTRY_SECRET }),
    secret('telegram', { token: telegram.token }),
    secret('signoz', { url: signoz.url, apiKey: signoz.editorKey }),
  ];
}
