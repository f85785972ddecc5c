import { eventually } from '../parts/eventually.ts';
import { onFreePorts, PortTaken, portAt } from '../parts/free-port.ts';
import { type OperatorOptions, operatorSpec } from '../parts/operator.ts';
import { startChild } from '../parts/process.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';

/** Starts an operator that has a failpoint, and waits until it has killed itself. */
export function doomed(name: string, options: OperatorOptions): Promise<void> {
  return onFreePorts(2, async ports => {
    const folder = runFolder('doomed');
    const child = startChild(operatorSpec(options, { port: portAt(ports, 0), opsPort: portAt(ports, 1), folder }));
    try {
      await eventually(() => !child.running(), { withinMs: 60_000 });
      const end = await child.exited;
      if (child.log().includes('address already in use')) throw new PortTaken(name);
      if (end !== 'SIGKILL') throw new Error(`${name}: ended with ${end}:\n${child.log()}`);
    } finally {
      await child.kill9();
      removeFolder(folder);
    }
  });
}
