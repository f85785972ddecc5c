import { type Fault, PortError } from '../../domain/ports/port-error.ts';

const REFUSED: ReadonlySet<Fault> = new Set<Fault>(['forbidden', 'rejected']);

/** A chat that keeps us out must not hold up what another is told. */
export async function unlessRefused(editing: Promise<boolean>): Promise<void> {
  await editing.catch((err: unknown) => {
    if (!(err instanceof PortError) || !REFUSED.has(err.fault)) throw err;
  });
}
