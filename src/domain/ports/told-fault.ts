import { pascalCase } from '../text/pascal-case.ts';
import { PortError } from './port-error.ts';

/** A fault of the world as objects tell it. */
export interface ToldFault {
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Undefined for what is no fault of the world: its own text may hold anything, and is told nobody. */
export function toldFault(err: unknown): ToldFault | undefined {
  if (!(err instanceof PortError)) return undefined;
  const { fault, message, retryAfterMs } = err;
  return { reason: pascalCase(fault), message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
