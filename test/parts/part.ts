import { type Child, type ChildSpec, startChild, untilReady } from './process.ts';
import { removeFolder } from './run-folder.ts';

export interface PartSpec {
  readonly spec: ChildSpec;
  readonly url: string;
  readonly port: number;
  /** Holds what the part keeps; removed by `stop`. */
  readonly folder: string;
  /** True once it serves; throwing counts as not yet. */
  readonly ready: () => Promise<boolean>;
}

/** A real server program that runs for tests, the demo or the bench. */
export interface Part {
  readonly url: string;
  readonly port: number;
  /** The process that runs now; another one after `restart`. */
  process(): Child;
  /** Ends it in good order and keeps its data, for a `restart`. */
  halt(): Promise<void>;
  /** SIGKILL; its data stays, for a `restart`. */
  kill9(): Promise<void>;
  /** Starts it again on its port and data, after killing it where it still runs. Resolves when it serves. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/** Starts a part and waits until it serves. What it had begun is gone when this throws. */
export async function startPart({ spec, url, port, folder, ready }: PartSpec): Promise<Part> {
  let child = startChild(spec);
  const stop = async (): Promise<void> => {
    await child.kill9();
    removeFolder(folder);
  };
  try {
    await untilReady(child, ready);
  } catch (err) {
    await stop();
    throw err;
  }
  return {
    url,
    port,
    process: () => child,
    halt: () => child.stop(),
    kill9: () => child.kill9(),
    async restart() {
      await child.kill9();
      child = startChild(spec);
      await untilReady(child, ready);
    },
    freeze: () => child.freeze(),
    thaw: () => child.thaw(),
    stop,
  };
}
