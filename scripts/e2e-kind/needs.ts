import { find } from '../../test/parts/installed.ts';
import { ensureGoPrograms } from '../setup/go-programs.ts';
import { Missing, onPath, run } from '../setup/run.ts';

/** What kind 0.33.0 takes by itself (its pkg/apis/config/defaults), named here so that it is there before the cluster is begun. */
export const NodeImage = 'kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5';

/** Gets or finds what a kind cluster needs, before anything is begun; gives the path of kind. Throws what is missing and how a person gets it. */
export async function kindNeeds(nodeImage: string): Promise<string> {
  await docker();
  await image(nodeImage);
  await ensureGoPrograms(['kind']);
  const kind = find('kind');
  if (kind === undefined) throw new Missing('kind was built and is not there: run it again.');
  return kind;
}

async function docker(): Promise<void> {
  if (onPath('docker') === undefined) {
    throw new Missing(
      'kind runs its nodes in Docker, and there is no docker on the PATH. Install Docker (Debian: docker.io), or run the suite on ' +
        'another cluster: make e2e KUBECONFIG=<file>',
    );
  }
  await run('docker', ['info']).catch((err: unknown) => {
    throw new Missing(`docker is there and its daemon does not answer. Start it, or join the group docker. It says: ${last(err)}`);
  });
}

async function image(name: string): Promise<void> {
  const here = await run('docker', ['image', 'inspect', name]).then(
    () => true,
    () => false,
  );
  if (here) return;
  await run('docker', ['pull', '--quiet', name]).catch((err: unknown) => {
    throw new Missing(
      `The node image ${name} is not here and cannot be pulled. Load one (docker load -i <file>), or name another with NODE_IMAGE=. Docker says: ${last(err)}`,
    );
  });
}

/** The last line of what a program said, which is where programs of Go say why. */
function last(err: unknown): string {
  return (err instanceof Error ? err.message : String(err)).trim().split('\n').at(-1) ?? '';
}
