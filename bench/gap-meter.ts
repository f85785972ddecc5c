/** Watches the event loop and the resident memory of this process from inside. */
export interface GapMeter {
  /** The longest time that nothing else could run, in milliseconds. */
  longestBlockMs(): number;
  /** The most that this thread itself computed between two turns: what is left of a block on a machine that others keep busy too. */
  longestBusyMs(): number;
  peakRssMiB(): number;
  stop(): void;
}

const RSS_EVERY = 16;

/** A timer of 1 ms, and how late it comes. Sharper than monitorEventLoopDelay, whose figure holds its own sampling interval. */
export function gapMeter(): GapMeter {
  let longest = 0;
  let longestBusy = 0;
  let busyBefore = threadMs();
  let peak = rssMiB();
  let ticks = 0;
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - before - 1);
    longestBusy = Math.max(longestBusy, threadMs() - busyBefore);
    ticks += 1;
    if (ticks % RSS_EVERY === 0) peak = Math.max(peak, rssMiB());
    before = performance.now();
    busyBefore = threadMs();
  }, 1);
  return {
    longestBlockMs: () => longest,
    longestBusyMs: () => longestBusy,
    peakRssMiB: () => Math.max(peak, rssMiB()),
    stop: () => clearInterval(timer),
  };
}

export function rssMiB(): number {
  return process.memoryUsage.rss() / 1024 / 1024;
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
