import type { Reply } from './http-server.ts';
import { success } from './signoz-answers.ts';
import type { Asked, SignozRoute, SignozRoutes } from './signoz-door.ts';
import type { Json } from './signoz-go.ts';

/** What both views of the one rule store do. */
interface RuleCalls {
  readonly shown: (id: string) => Json;
  /** Each rule as JSON. */
  readonly list: () => readonly string[];
  readonly post: (request: Asked) => Json;
  readonly put: (request: Asked) => void;
  readonly patch: (request: Asked) => Json;
  readonly remove: (request: Asked) => void;
  readonly test: (request: Asked) => Promise<Reply>;
}

export function v2RuleRoutes({ shown, list, post, put, patch, remove, test }: RuleCalls): SignozRoutes {
  return {
    'GET /api/v2/rules': { role: 'viewer', handle: () => listed(list()) },
    'GET /api/v2/rules/{id}': { role: 'viewer', handle: ({ id }) => success(200, shown(id)) },
    'POST /api/v2/rules': { role: 'editor', handle: request => success(201, post(request)) },
    'PUT /api/v2/rules/{id}': { role: 'editor', handle: done(put, { status: 204 }) },
    'PATCH /api/v2/rules/{id}': { role: 'editor', handle: request => success(200, patch(request)) },
    'DELETE /api/v2/rules/{id}': { role: 'editor', handle: done(remove, { status: 204 }) },
    'POST /api/v2/rules/test': { role: 'editor', handle: test },
  };
}

export function v1RuleRoutes({ shown, list, post, put, patch, remove, test }: RuleCalls): SignozRoutes {
  return {
    'GET /api/v1/rules': { role: 'viewer', handle: () => success(200, { rules: list().map(text => asBefore(JSON.parse(text))) }) },
    'GET /api/v1/rules/{id}': { role: 'viewer', handle: ({ id }) => success(200, asBefore(shown(id))) },
    'POST /api/v1/rules': { role: 'editor', handle: request => success(200, asBefore(post(request))) },
    'PUT /api/v1/rules/{id}': { role: 'editor', handle: done(put, success(200, 'rule successfully edited')) },
    'PATCH /api/v1/rules/{id}': { role: 'editor', handle: request => success(200, asBefore(patch(request))) },
    'DELETE /api/v1/rules/{id}': { role: 'editor', handle: done(remove, success(200, 'rule successfully deleted')) },
    'POST /api/v1/testRule': { role: 'editor', handle: test },
  };
}

/** Put together from texts: ten thousand rules would take their time. */
function listed(rules: readonly string[]): Reply {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 200, headers, body: `{"status":"success","data":[${rules.join(',')}]}` };
}

/** An answer that says only that it was done. */
function done(act: (request: Asked) => void, reply: Reply): SignozRoute['handle'] {
  return request => {
    act(request);
    return reply;
  };
}

/** v1's names for what the server owns. */
function asBefore({ createdAt, updatedAt, createdBy, updatedBy, ...rule }: Json): Json {
  return { ...rule, createAt: createdAt, updateAt: updatedAt, createBy: createdBy || null, updateBy: updatedBy || null };
}
