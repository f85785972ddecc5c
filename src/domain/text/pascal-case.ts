/** `rate-limited` as a reason of a condition: `RateLimited`. */
export function pascalCase(word: string): string {
  return word.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
