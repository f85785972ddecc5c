import { READER } from './stored.ts';

/** An object of any origin as a typed object with all defaults, or everything that is wrong with it. */
export const parseRepairRun = READER.parse;

/** The same of an object as the cache holds it, of which only the spec is still to be read. */
export const readStored = READER.readStored;
