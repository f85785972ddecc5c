export interface LaneLimits {
  /** Over all channels. */
  readonly atOnce: number;
  /** Below `atOnce`, so that a channel that hangs leaves room for the others. */
  readonly perChannel: number;
  /** So long work waits in memory for its turn, and so long a full channel may start nothing before it is taken to hang. */
  readonly patienceMs: number;
}

export interface Lanes {
  /** Runs the act in its channel's turn. False when it did not come to that: the channel is full and hangs, or we close. */
  run(channel: string, act: () => Promise<void>): Promise<boolean>;
  /** Whether the channel is full and nothing of it has begun for longer than our patience. */
  hangs(channel: string): boolean;
  /** Resolves once there is room to take up more work. */
  room(): Promise<void>;
  /** Turns away whatever has not begun, now and from now on. */
  close(): void;
}

interface Waiting {
  readonly channel: string;
  readonly begin: (begins: boolean) => void;
}

/** How many acts run at once, over all and per channel. First come, first served within a channel. */
export function lanes(limits: LaneLimits): Lanes {
  const places = placesOf(limits);
  const waiting = new Set<Waiting>();
  const forRoom = new Set<() => void>();
  let closed = false;

  const isRoom = (): boolean => closed || places.taken() + waiting.size < 2 * limits.atOnce;
  const stands = (channel: string): Promise<boolean> =>
    new Promise(resolve => {
      const begin = (begins: boolean): void => {
        clearTimeout(timer);
        waiting.delete(entry);
        if (begins) places.take(channel);
        resolve(begins);
        announceRoom();
      };
      const timer = setTimeout(() => begin(false), limits.patienceMs);
      const entry: Waiting = { channel, begin };
      waiting.add(entry);
    });

  async function turn(channel: string): Promise<boolean> {
    if (closed || places.hangs(channel)) return false;
    if (!places.fits(channel)) return stands(channel);
    places.take(channel);
    return true;
  }

  function announceRoom(): void {
    if (!isRoom()) return;
    for (const resolve of forRoom) resolve();
    forRoom.clear();
  }

  function leave(channel: string): void {
    places.leave(channel);
    for (const entry of waiting) if (places.fits(entry.channel)) entry.begin(true);
    announceRoom();
  }

  return {
    hangs: places.hangs,
    room: () => (isRoom() ? Promise.resolve() : new Promise(resolve => void forRoom.add(resolve))),
    async run(channel, act) {
      if (!(await turn(channel))) return false;
      await act().finally(() => leave(channel));
      return true;
    },
    close() {
      closed = true;
      for (const entry of waiting) entry.begin(false);
      announceRoom();
    },
  };
}

interface Places {
  taken(): number;
  readonly fits: (channel: string) => boolean;
  readonly hangs: (channel: string) => boolean;
  take(channel: string): void;
  leave(channel: string): void;
}

function placesOf({ atOnce, perChannel, patienceMs }: LaneLimits): Places {
  const running = new Map<string, number>();
  const lastBegan = new Map<string, number>();
  let total = 0;
  const of = (channel: string): number => running.get(channel) ?? 0;

  return {
    taken: () => total,
    fits: channel => total < atOnce && of(channel) < perChannel,
    hangs: channel => of(channel) >= perChannel && performance.now() - (lastBegan.get(channel) ?? 0) > patienceMs,
    take(channel) {
      total += 1;
      running.set(channel, of(channel) + 1);
      lastBegan.set(channel, performance.now());
    },
    leave(channel) {
      total -= 1;
      running.set(channel, of(channel) - 1);
    },
  };
}
