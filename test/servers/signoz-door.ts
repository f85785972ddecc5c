import type { Received, Reply } from './http-server.ts';
import { failure, page, Refusal, refused, refusedAsBefore } from './signoz-answers.ts';

export type SignozRole = 'viewer' | 'editor' | 'admin';

export interface Asked extends Received {
  /** The part of the path where the route has `{id}`. */
  readonly id: string;
  /** The account of the key, as audit fields show it. */
  readonly by: string;
}

export interface SignozRoute {
  readonly role: SignozRole | 'anybody';
  readonly handle: (request: Asked) => Reply | Promise<Reply>;
}

/** By `METHOD /path`, where one part may be `{id}`. */
export type SignozRoutes = Readonly<Record<string, SignozRoute>>;

interface Door {
  readonly routes: SignozRoutes;
  /** As they are at the moment. */
  readonly keys: () => Readonly<Record<string, SignozRole>>;
  readonly webUi: boolean;
  readonly basePath: string;
}

const RANK: Readonly<Record<SignozRole | 'anybody', number>> = { anybody: 0, viewer: 1, editor: 2, admin: 3 };
const WHO: Readonly<Record<SignozRole, string>> = { viewer: 'viewers/editors/admins', editor: 'editors/admins', admin: 'admins' };
const ACCOUNTS: Readonly<Record<SignozRole, string>> = { viewer: 'reader', editor: 'rules-operator', admin: 'platform' };
/** These answer without the base path too. */
const ALWAYS = /^\/api\/(?:v1\/health|v2\/(?:healthz|readyz|livez))$/;

/** Lets in who may, and sends them to their route (contracts/signoz.md, sections 1.1 to 1.3). */
export function signozDoor({ routes, keys, webUi, basePath }: Door): (request: Received) => Reply | Promise<Reply> {
  function routeTo(method: string, path: string): { route: SignozRoute; id: string } | undefined {
    const plain = routes[`${method} ${path}`];
    if (plain) return { route: plain, id: '' };
    const [, folder, id = ''] = /^(.+)\/([^/]+)$/.exec(path) ?? [];
    const route = routes[`${method} ${folder}/{id}`];
    return route && { route, id };
  }

  return request => {
    const below = request.path.startsWith(`${basePath}/`) ? request.path.slice(basePath.length) : '';
    const path = ALWAYS.test(request.path) ? request.path : below;
    const found = routeTo(request.method, path);
    if (!found) return webUi ? page() : { status: 404, body: '404 page not found\n' };
    const { route, id } = found;
    // A session token is tried first and wins over the key, so a key beside it does not help.
    const role = request.headers['authorization'] === undefined ? keys()[request.headers['signoz-api-key'] ?? ''] : undefined;
    if (route.role === 'anybody') return answered(route, { ...request, id, by: '' });
    if (role === undefined) return failure(401, 'unauthenticated', 'unauthenticated');
    if (RANK[role] < RANK[route.role]) return failure(403, 'authz_forbidden', `only ${WHO[route.role]} can access this resource`);
    return answered(route, { ...request, id, by: `${ACCOUNTS[role]}@signozserviceaccount.com` });
  };
}

const LEGACY = /\/api\/v1\/(?:rules|testRule)/;

async function answered(route: SignozRoute, request: Asked): Promise<Reply> {
  try {
    return await route.handle(request);
  } catch (err) {
    if (!(err instanceof Refusal)) throw err;
    return LEGACY.test(request.path) ? refusedAsBefore(err) : refused(err);
  }
}
