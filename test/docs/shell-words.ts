/** The words of one command as `sh` would see them: quotes, escapes, lines that go on, and variables of `env`. Knows no substitutions. */
export function shellWords(command: string, env: Readonly<Record<string, string>> = {}): string[] {
  const parts = /\\\n|\s+|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|\$(\w+)|([^\s'"\\$]+|\$)/g;
  const words: string[] = [];
  let word: string | undefined;
  for (const [whole, single, double, escaped, name, plain] of command.matchAll(parts)) {
    if (whole === '\\\n' || /^\s/.test(whole)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const within = double?.replaceAll(/\\([$`"\\])|\$(\w+)/g, (_, char?: string, of?: string) => char ?? env[of ?? ''] ?? `$${of}`);
    word = (word ?? '') + (single ?? within ?? escaped ?? (name === undefined ? plain : (env[name] ?? `$${name}`)));
  }
  return word === undefined ? words : [...words, word];
}
