import { join } from 'node:path';
import { onFreePorts, portAt } from './free-port.ts';
import { pathOf } from './installed.ts';
import { type Part, startPart } from './part.ts';
import { answers } from './process.ts';
import { runFolder } from './run-folder.ts';

/** One etcd member on free ports, without fsync: fast, and its data is not meant to outlive the machine. */
export function startEtcd(): Promise<Part> {
  return onFreePorts(2, ports => {
    const folder = runFolder('etcd');
    const port = portAt(ports, 0);
    const url = `http://127.0.0.1:${port}`;
    const peer = `http://127.0.0.1:${portAt(ports, 1)}`;
    const args = [
      `--data-dir=${join(folder, 'data')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ];
    return startPart({ spec: { name: 'etcd', command: pathOf('etcd'), args }, url, port, folder, ready: () => answers(`${url}/health`) });
  });
}
