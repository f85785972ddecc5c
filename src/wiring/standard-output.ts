import { EXIT } from '../cli/deps.ts';

/**
 * What becomes of output that cannot be written. A reader that has seen enough, such as `head`, is no fault: the command goes on to its own
 * status. A full disk is one: half a file with a status that says all is well would be applied.
 */
export function mindOutput({ stdout, stderr, exit }: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'exit'>): void {
  // Nobody is left who could be told.
  stderr.on('error', () => {});
  stdout.on('error', (err: NodeJS.ErrnoException) => {
    if (err.code === 'EPIPE') return;
    stderr.write(`awoooi: standard output cannot be written: ${err.message}\n`);
    exit(EXIT.wrongInput);
  });
}
