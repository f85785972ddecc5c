import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Asked, SignozRoute, SignozRoutes } from './signoz-door.ts';

/** How long each call takes before it is done. */
export interface SignozLatency {
  readonly postMs: number;
  readonly putMs: number;
  readonly patchMs: number;
  readonly deleteMs: number;
  readonly getMs: number;
  readonly listMsPerRule: number;
}

/** As measured on a real server with two cores (contracts/signoz.md, section 10). */
export const MEASURED_LATENCY: SignozLatency = {
  postMs: 3.3,
  putMs: 5.3,
  patchMs: 5.3,
  deleteMs: 3.2,
  getMs: 1,
  listMsPerRule: 0.34,
};

export interface RuleWrite {
  readonly method: string;
  /** Empty for a new rule. */
  readonly id: string;
}

interface Pace {
  readonly latency: SignozLatency | undefined;
  readonly ruleCount: () => number;
}

export interface Paced {
  readonly routes: SignozRoutes;
  /** Runs once, at the moment before the next write of a rule over HTTP takes effect. */
  readonly beforeWrite: (act: (write: RuleWrite) => void | Promise<void>) => void;
}

/** Routes of rules at the speed of a real SigNoz: writes one after another, for parallel ones gain nothing there; reads beside them. */
export function paced(routes: SignozRoutes, { latency, ruleCount }: Pace): Paced {
  let writerFreeAt = 0;
  let before: ((write: RuleWrite) => void | Promise<void>) | undefined;

  async function beforeEffect({ method, id }: Asked, ms: number): Promise<void> {
    if (ms > 0) {
      writerFreeAt = Math.max(writerFreeAt, performance.now()) + ms;
      await until(writerFreeAt);
    }
    const act = before;
    before = undefined;
    await act?.({ method, id });
  }

  function writing(route: SignozRoute, ms: number): SignozRoute['handle'] {
    return async request => {
      await beforeEffect(request, ms);
      return route.handle(request);
    };
  }

  function reading(route: SignozRoute, ms: () => number): SignozRoute['handle'] {
    if (!latency) return route.handle;
    return async request => {
      await until(performance.now() + ms());
      return route.handle(request);
    };
  }

  function handler(name: string, route: SignozRoute): SignozRoute['handle'] {
    const [method = ''] = name.split(' ');
    const writes: Readonly<Record<string, number | undefined>> = {
      POST: latency?.postMs,
      PUT: latency?.putMs,
      PATCH: latency?.patchMs,
      DELETE: latency?.deleteMs,
    };
    // A test of a rule writes nothing.
    if (/test(?:Rule)?$/.test(name)) return route.handle;
    if (method in writes) return writing(route, writes[method] ?? 0);
    return name.endsWith('{id}')
      ? reading(route, () => latency?.getMs ?? 0)
      : reading(route, () => (latency?.listMsPerRule ?? 0) * ruleCount());
  }

  return {
    routes: Object.fromEntries(Object.entries(routes).map(([name, route]) => [name, { ...route, handle: handler(name, route) }])),
    beforeWrite: act => {
      before = act;
    },
  };
}

/** Timers count in whole milliseconds: the last of it is spent in turns of the event loop. */
async function until(at: number): Promise<void> {
  for (let left = at - performance.now(); left > 0; left = at - performance.now()) {
    await (left > 2 ? setTimeout(left - 1.5, undefined, { ref: false }) : setImmediate());
  }
}
