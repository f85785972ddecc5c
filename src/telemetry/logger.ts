import { type DestinationStream, pino } from 'pino';
import { masked } from '../domain/text/masking.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** The part of a pino logger that rooms may ask for. Messages are constant; what varies goes into the fields. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Fields of every line, for example the version. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Standard output unless told otherwise. */
  readonly destination?: DestinationStream;
}

/** One JSON object a line: time, level as a word, the fields, msg. An error goes under `err`. What has the shape of a credential is masked. */
export function logger({ level, fields = {}, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { ...fields },
    timestamp: (): string => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: (line: string) => masked(line) },
    serializers: { err: (err: unknown) => shownError(err) },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Causes of causes are followed so far; a cycle ends there too. */
const DEEPEST_CAUSE = 5;

/** What is logged of an error. None of its other fields: libraries hang the failed command or request on it, with the password inside. */
function shownError(err: unknown, depth = 0): unknown {
  if (!(err instanceof Error) || depth > DEEPEST_CAUSE) return err instanceof Error ? err.message : err;
  return {
    type: err.name,
    message: err.message,
    stack: err.stack,
    ...('code' in err && typeof err.code === 'string' && { code: err.code }),
    ...(err.cause !== undefined && { cause: shownError(err.cause, depth + 1) }),
    ...(err instanceof AggregateError && { errors: err.errors.map(each => shownError(each, depth + 1)) }),
  };
}
