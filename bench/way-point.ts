import { request } from 'undici';
import { type HttpServer, type Received, startHttpServer } from '../test/servers/http-server.ts';
import type { Keep } from './result.ts';

export interface WayPoint extends HttpServer {
  /** Where everything goes on to; must be set before the first request. */
  leadTo(url: string): void;
}

/** A stop on the way between two parts: passes every request on and its answer back, and tells of each when it has come in, whole. */
export async function startWayPoint(keep: Keep, passing: (request: Received, atMs: number) => void): Promise<WayPoint> {
  let upstream = '';
  const server = await startHttpServer({
    async handle(received) {
      passing(received, performance.now());
      const { method, path, query, headers, body } = received;
      const url = `${upstream}${path}${query.size > 0 ? `?${query.toString()}` : ''}`;
      const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'authorization' || name === 'content-type'));
      const answer = await request(url, { method, headers: kept, ...(body !== '' && { body }) });
      const type = answer.headers['content-type'];
      return {
        status: answer.statusCode,
        body: await answer.body.text(),
        ...(typeof type === 'string' && { headers: { 'content-type': type } }),
      };
    },
  });
  keep(server);
  return {
    ...server,
    leadTo: url => {
      upstream = url;
    },
  };
}
