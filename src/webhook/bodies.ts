import type { FastifyInstance, FastifyRequest } from 'fastify';
import { admissionOf, declareAdmission } from './auth/sender.ts';
import { SEARCHED_BYTES } from './refuse.ts';

const LIMIT_BYTES = 8 * 1024 * 1024;
/** Of all admitted senders together, from the first byte of a body to its answer. */
const ADMITTED_BYTES = 64 * 1024 * 1024;
/** Of all others together. It is a budget of its own: whoever has no credential cannot use up what admitted senders need. */
const OTHERS_BYTES = 8 * 1024 * 1024;
/** Of those whose bodies must be read to know who they are: whoever only pretends to sign takes nothing from those who need not. */
const BY_BODY_BYTES = 16 * 1024 * 1024;

/** A body that is not read, with what its sender is answered. */
export class BodyRefused extends Error {
  readonly statusCode: 413 | 503;

  constructor(statusCode: 413 | 503, message: string) {
    super(message);
    this.name = 'BodyRefused';
    this.statusCode = statusCode;
  }
}

/** What one request holds of a budget; `isCut` where its body was not read to the end. */
interface Share {
  isCut: boolean;
  /** False where the budget has not got that many bytes for this request. */
  holds(bytes: number): boolean;
  end(): void;
}

/**
 * Reads every body as the bytes that came, whatever they are: a canary's nonce is looked for in what is refused. Who was not admitted
 * is read only as far as that search goes, so that nobody without a credential fills the memory.
 */
export function readBodies(app: FastifyInstance): void {
  const budgets = { admitted: budget(ADMITTED_BYTES), 'by-body': budget(BY_BODY_BYTES), refused: budget(OTHERS_BYTES) };
  const shares = new WeakMap<FastifyRequest, Share>();
  declareAdmission(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: FastifyRequest['raw']) => {
    const { is } = admissionOf(request);
    const share = budgets[is]();
    shares.set(request, share);
    return is === 'refused' ? readStart(payload, share) : readWhole(payload, share, is === 'admitted' ? declaredBytes(request) : 0);
  });
  app.addHook('onSend', async (request, reply) => {
    const share = shares.get(request);
    // What still comes of it would be taken for the next request.
    if (share?.isCut) reply.header('connection', 'close');
    share?.end();
  });
}

/** Lets a route take a body of any content type, also of one that is none: Alertmanager does not send again what was answered 415. */
export function takeAnyContentType(request: FastifyRequest): void {
  request.raw.headers['content-type'] = 'application/octet-stream';
}

/** All of it at once where it is known, so that of many that come together some get through rather than none. */
function declaredBytes({ headers }: FastifyRequest): number {
  return Number(headers['content-length'] ?? 0);
}

function readWhole(payload: FastifyRequest['raw'], share: Share, declared: number): Promise<Buffer> {
  const checked = (bytes: number): 'more' => {
    if (bytes > LIMIT_BYTES) throw new BodyRefused(413, 'the body is larger than 8 MiB; set max_alerts on the receiver');
    if (!share.holds(bytes)) throw new BodyRefused(503, 'too many alerts are arriving at once, so nothing was taken; send it again');
    return 'more';
  };
  return collect(payload, bytes => checked(Math.max(bytes, declared)));
}

/** One byte beyond what is searched tells that there was more. */
function readStart(payload: FastifyRequest['raw'], share: Share): Promise<Buffer> {
  return collect(payload, bytes => {
    share.isCut = bytes > SEARCHED_BYTES || !share.holds(bytes);
    return share.isCut ? 'enough' : 'more';
  });
}

/** Asks after the size so far before the first byte and at each piece; ends early where that was enough, and fails where it throws. */
function collect(payload: FastifyRequest['raw'], ask: (bytes: number) => 'more' | 'enough'): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const bytes = pieces();
    const settle = (done: () => void): void => {
      payload.off('data', onData).off('end', onEnd).off('error', onError).pause();
      done();
    };
    const onEnd = (): void => settle(() => resolve(bytes.all()));
    const onError = (err: Error): void => settle(() => reject(Object.assign(err, { statusCode: 400 })));
    const onData = (piece: Buffer): void => {
      try {
        const answer = ask(bytes.size() + piece.length);
        bytes.add(answer === 'more' ? piece : piece.subarray(0, SEARCHED_BYTES + 1 - bytes.size()));
        if (answer === 'enough') onEnd();
      } catch (err) {
        settle(() => reject(err));
      }
    };
    ask(0);
    payload.on('data', onData).on('end', onEnd).on('error', onError);
  });
}

/** One block that grows: kept as they came, pieces of one byte each would take a hundred times their size. */
function pieces(): { add(piece: Buffer): void; all(): Buffer; size(): number } {
  let block = Buffer.alloc(0);
  let size = 0;
  return {
    add(piece) {
      const wanted = size + piece.length;
      if (wanted > block.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(wanted, block.length * 2));
        block.copy(larger, 0, 0, size);
        block = larger;
      }
      piece.copy(block, size);
      size = wanted;
    },
    all: () => block.subarray(0, size),
    size: () => size,
  };
}

function budget(total: number): () => Share {
  let left = total;
  return () => {
    let held = 0;
    return {
      isCut: false,
      holds(bytes) {
        const more = Math.max(0, bytes - held);
        if (more > left) return false;
        left -= more;
        held += more;
        return true;
      },
      end() {
        left += held;
        held = 0;
      },
    };
  };
}
