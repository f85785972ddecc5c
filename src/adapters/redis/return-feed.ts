import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';

export interface ReturnFeedOptions {
  /** A new connection, not yet connected, that does not reconnect by itself. */
  readonly connect: () => Redis;
  readonly channel: string;
  readonly onMessage: (message: string) => void;
  /** After each subscription, also after a lost connection: what was published in between has been missed. */
  readonly onSubscribed: () => void;
}

export interface ReturnFeed {
  /** Subscribes, and again whenever the connection is lost, until closed. Idempotent. */
  start(): void;
  isSubscribed(): boolean;
  close(): void;
}

const PING_EVERY_MS = 5000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/** One subscription for the whole process. It reconnects by itself rather than by ioredis, to know when it has to look for what it missed. */
export function returnFeed({ connect, channel, onMessage, onSubscribed }: ReturnFeedOptions): ReturnFeed {
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  let subscribed = false;
  let failures = 0;

  /** One connection, from its start to its end. */
  async function follow(redis: Redis): Promise<void> {
    const ended = new Promise<void>(resolve => redis.once('end', resolve));
    // Without a listener ioredis prints every refused connection; the loop handles them all alike.
    redis.on('error', () => {});
    redis.on('message', (_, message: string) => onMessage(message));
    const stop = () => redis.disconnect();
    closing.signal.addEventListener('abort', stop, { once: true });
    // A network that swallows packets closes nothing: only an unanswered ping shows it.
    const ping = setInterval(() => void redis.ping().catch(stop), PING_EVERY_MS);
    try {
      await redis.connect();
      await redis.subscribe(channel);
      subscribed = true;
      failures = 0;
      onSubscribed();
      await ended;
    } finally {
      subscribed = false;
      clearInterval(ping);
      closing.signal.removeEventListener('abort', stop);
      redis.disconnect();
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await follow(connect()).catch(() => {});
      failures += 1;
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 6), LONGEST_PAUSE_MS), undefined, { signal: closing.signal }).catch(
        () => {},
      );
    }
  }

  return {
    start: () => {
      running ??= run();
    },
    isSubscribed: () => subscribed,
    close: () => closing.abort(),
  };
}
