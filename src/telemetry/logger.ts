import { type DestinationStream, pino } from 'pino';
import { maskSecrets } from './mask.ts';

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

/** One JSON object a line: time, level as a word, the fields, msg. An error goes under `err`. What looks like a secret is masked. */
export function logger({ level, fields = {}, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { ...fields },
    timestamp: (): string => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: maskSecrets },
  };
  return destination ? pino(options, destination) : pino(options);
}
