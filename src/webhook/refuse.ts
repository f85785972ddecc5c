import type { FastifyReply, FastifyRequest } from 'fastify';
import { noncesIn } from '../domain/drills/nonces-in.ts';
import type { Evidence } from './evidence.ts';

export interface Refused {
  readonly status: number;
  /** A sentence for whoever reads the sender's log; without secrets. */
  readonly reason: string;
}

/** A canary stands alone in its body: what lies beyond this has no nonce worth the time. */
export const SEARCHED_BYTES = 256 * 1024;
const RETRY_AFTER_SECONDS = 5;
const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The body of every answer that is no success. Alertmanager copies it into its log (contract trap 12). */
export function errorBody({ status, reason }: Refused): { error: string; message: string } {
  return { error: NAMES[status] ?? 'Error', message: reason };
}

/** Answers a sender of alerts with a refusal and keeps it as evidence for the canary that it may have been. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  { evidence, now, ...refused }: Refused & { evidence: Evidence; now: Date },
): FastifyReply {
  const userAgent = request.headers['user-agent'];
  evidence.refused({
    at: now,
    route: routePath(request),
    status: refused.status,
    reason: refused.reason,
    ...found(rawBody(request)),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 200) }),
    remote: request.ip.replace(/^::ffff:/, ''),
  });
  // Whoever has no credential keeps no connection either.
  if (refused.status === 401) reply.header('www-authenticate', 'Bearer, Basic').header('connection', 'close');
  if (refused.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.code(refused.status).send(errorBody(refused));
}

function found(body: Buffer): { nonces: string[]; bodyRead: boolean } {
  const text = body.subarray(0, SEARCHED_BYTES).toString('latin1');
  // A receiver may send a body of its own making, which has lost the labels and the nonce with them.
  return { nonces: noncesIn(text), bodyRead: body.length <= SEARCHED_BYTES && text.includes('"labels"') };
}

/** The bytes as they came; empty where there were none or they were not read. */
export function rawBody({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function routePath({ url }: FastifyRequest): string {
  return (url.split('?')[0] ?? '').slice(0, 200);
}
