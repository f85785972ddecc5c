import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { errorBody } from '../refuse.ts';
import { admitCaller, type ApiGate } from './api-caller.ts';

const REVIEW_WITHIN_MS = 5000;

/**
 * What our paths stand below when RBAC is asked. It cannot tell them from the API server's own, of which every account may get /api/*
 * (Kubernetes' default ClusterRole system:discovery).
 */
const ROOT = '/awoooi.io';

/** Where the name of the admitted caller is kept on a request; declared by `decorateRequest`. */
export const CALLER = 'caller';

/** The name under which the caller of an API route was admitted. */
export function callerOf(request: FastifyRequest): string {
  return request.getDecorator<string>(CALLER);
}

/** Lets nobody but known callers on to the routes of the API. */
export function requireCaller(gate: ApiGate): onRequestAsyncHookHandler {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const access = { verb: request.method.toLowerCase(), path: `${ROOT}${request.url.split('?')[0] ?? ''}` };
    const admission = await admitCaller(gate, {
      header: request.headers.authorization,
      access,
      deadline: () => AbortSignal.timeout(REVIEW_WITHIN_MS),
    });
    if (admission.is === 'admitted') {
      request.setDecorator(CALLER, admission.caller);
      return undefined;
    }
    if (admission.status === 401) reply.header('www-authenticate', 'Bearer, Basic');
    return reply.code(admission.status).send(errorBody(admission));
  };
}
