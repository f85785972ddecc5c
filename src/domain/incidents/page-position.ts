import { PortError } from '../ports/port-error.ts';
import { partitionOfIncident } from './partition.ts';

/** Where a page of incidents ended. They are listed by the time of opening, newest first, then by id, the greatest first. */
export interface Position {
  /** Milliseconds. */
  readonly openedAt: number;
  readonly id: string;
}

const POSITION = /^(\d{1,15})\.(inc-\d\d-[a-z0-9]{13})$/;

/** The cursor that goes on behind this incident. */
export function cursorAt({ openedAt, id }: Position): string {
  return Buffer.from(`${openedAt}.${id}`).toString('base64url');
}

/** Throws PortError('rejected') for a text that no page gave. */
export function positionOf(cursor: string): Position {
  const [, openedAt, id] = POSITION.exec(Buffer.from(cursor.slice(0, 200), 'base64url').toString()) ?? [];
  if (openedAt === undefined || id === undefined || partitionOfIncident(id) === undefined) {
    throw new PortError('rejected', 'This cursor is none that a list of incidents gave: leave it out to begin with the newest.');
  }
  return { openedAt: Number(openedAt), id };
}

/** Sorts into the order of the list; below 0 when `a` comes first. */
export function newestFirst(a: Position, b: Position): number {
  if (a.openedAt !== b.openedAt) return b.openedAt - a.openedAt;
  if (a.id === b.id) return 0;
  return a.id > b.id ? -1 : 1;
}
