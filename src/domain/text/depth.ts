/** Far deeper than any sender nests, and far from the depth at which writing a value as JSON overflows the stack. */
const MOST_LEVELS = 32;

/** Whether a value is nested so deep that it could be read but never written again. */
export function isTooDeep(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some(each => isTooDeep(each, levels - 1));
}
