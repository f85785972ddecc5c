import { z } from 'zod';
import type { Config } from '../config/load.ts';
import type { Effect } from '../config/slices/faults.ts';
import type { NotifyPorts } from '../chain/notify.ts';
import type { HopPorts } from '../domain/chain/hop-ports.ts';
import type { Announcer } from '../domain/ports/announcer.ts';
import type { HttpExchange, HttpTarget } from '../domain/ports/http-target.ts';
import type { KubeClient, KubeRequest } from '../kube/client.ts';

/** Where a test wants this process to die; undefined in production. */
export type Failpoint = Config['faults']['failpoint'];

type Around = <T>(effect: Effect | undefined, act: () => Promise<T>) => Promise<T>;

/** The ports of the hops, dying at the failpoint as by `kill -9`. */
export function failingPorts(ports: HopPorts, failpoint: Failpoint): HopPorts {
  if (!failpoint) return ports;
  const at = around(failpoint);
  const { http, drills, alertmanager, signoz, telegram, now } = ports;
  return {
    ...ports,
    http: {
      send: (exchange, signal) => at(postOf(exchange), () => http.send(exchange, signal)),
    },
    drills: { ...drills, register: (registered, signal) => at('register-drills', () => drills.register(registered, signal)) },
    alertmanager: {
      ...alertmanager,
      post: (replica, alerts, signal) => {
        const ends = alerts.every(({ endsAt }) => endsAt <= now());
        return at(ends ? 'resolve-canary' : 'post-canary', () => alertmanager.post(replica, alerts, signal));
      },
    },
    signoz: { sendTest: (request, signal) => at('signoz-test', () => signoz.sendTest(request, signal)) },
    telegram: {
      ...telegram,
      sendTyping: (bot, chat, signal) => at('telegram-typing', () => telegram.sendTyping(bot, chat, signal)),
      sendMessage: (bot, message, signal) => at('telegram-send', () => telegram.sendMessage(bot, message, signal)),
    },
  };
}

function postOf({ method, url }: HttpExchange): Effect | undefined {
  if (method !== 'POST') return undefined;
  const { pathname } = new URL(url);
  if (pathname.endsWith('/approvals')) return 'approval-ask';
  return pathname.endsWith('/withdraw') ? 'approval-withdraw' : 'target-post';
}

/** The same for the notices that are posted to a webhook. */
export function failingNotices(ports: NotifyPorts, failpoint: Failpoint): NotifyPorts {
  if (!failpoint) return ports;
  const at = around(failpoint);
  const { http } = ports;
  const send: HttpTarget['send'] = (exchange, signal) =>
    at(exchange.method === 'POST' ? 'notify-webhook' : undefined, () => http.send(exchange, signal));
  return { ...ports, http: { send } };
}

/** The same for what the dead man's switch is told. */
export function failingAnnouncer(announcer: Announcer, failpoint: Failpoint): Announcer {
  if (!failpoint) return announcer;
  const at = around(failpoint);
  return { ...announcer, heartbeat: (probe, signal) => at('heartbeat', () => announcer.heartbeat(probe, signal)) };
}

/** The same for the records of a run on the API server. */
export function failingClient(client: KubeClient, failpoint: Failpoint): KubeClient {
  if (!failpoint) return client;
  const at = around(failpoint);
  return { ...client, request: request => at(recordOf(request), () => client.request(request)) };
}

const RunRecord = z.object({ status: z.object({ lastRun: z.object({ phase: z.string() }) }) });

function recordOf({ method, path, body }: KubeRequest): Effect | undefined {
  if (method !== 'PATCH' || !path.endsWith('/status')) return undefined;
  const { data } = RunRecord.safeParse(body);
  if (!data) return undefined;
  return data.status.lastRun.phase === 'Running' ? 'status-intent' : 'status-deed';
}

/** Runs an effect and dies before or after it, the time that the failpoint names. */
export function around({ effect: chosen, when, at }: NonNullable<Failpoint>): Around {
  let times = 0;
  return async (effect, act) => {
    if (effect === chosen) times += 1;
    if (effect !== chosen || times !== at) return act();
    if (when === 'before') return die();
    await act();
    return die();
  };
}

/** No handler runs and nothing is flushed: what a crash leaves behind is all there is. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}
