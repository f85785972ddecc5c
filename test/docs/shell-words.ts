const OPERATORS = /^(?:&&|\|\||[;|&\n])/;

interface Scan {
  readonly commands: string[][];
  words: string[];
  /** Undefined between words. */
  word: string | undefined;
}

/**
 * The commands of a script as `sh` would begin them, each as its words: quotes and escapes are taken away, lines that go on are joined,
 * comments and here-documents left out, `env` put in. The commands of `$(…)` follow those that hold them.
 */
export function shellCommands(script: string, env: Readonly<Record<string, string>> = {}): string[][] {
  const scan: Scan = { commands: [], words: [], word: undefined };
  let rest = script.replaceAll(/<<'?(\w+)'?([^\n]*)\n[\s\S]*?\n\1$/gm, '$2').replaceAll('\\\n', ' ');
  while (rest !== '') rest = rest.slice(step(rest, scan, env));
  ended(scan);
  return scan.commands;
}

/** The words of one command. */
export function shellWords(command: string, env: Readonly<Record<string, string>> = {}): string[] {
  return shellCommands(command, env)[0] ?? [];
}

function wordEnded(scan: Scan): void {
  if (scan.word !== undefined) scan.words.push(scan.word);
  scan.word = undefined;
}

function ended(scan: Scan): void {
  wordEnded(scan);
  if (scan.words.length > 0) scan.commands.push(scan.words);
  scan.words = [];
}

/** Takes what stands first, and says how long it is. */
function step(rest: string, scan: Scan, env: Readonly<Record<string, string>>): number {
  const add = (text: string): void => void (scan.word = (scan.word ?? '') + text);
  const operator = OPERATORS.exec(rest)?.[0];
  if (operator !== undefined) return (ended(scan), operator.length);
  const blank = /^[ \t]+/.exec(rest)?.[0];
  if (blank !== undefined) return (wordEnded(scan), blank.length);
  if (rest.startsWith('#') && scan.word === undefined) return /^[^\n]*/.exec(rest)?.[0].length ?? 1;
  const single = /^'([^']*)'/.exec(rest);
  if (single) return (add(single[1] ?? ''), single[0].length);
  const double = /^"((?:\$\((?:[^()]|\([^)]*\))*\)|\\[\s\S]|[^"\\])*)"/.exec(rest);
  if (double) return (add(expanded(double[1] ?? '', scan, env)), double[0].length);
  const substitution = /^\$\(((?:[^()]|\([^)]*\))*)\)/.exec(rest);
  if (substitution) return (add(expanded(substitution[0], scan, env)), substitution[0].length);
  const escaped = /^\\([\s\S])/.exec(rest);
  if (escaped) return (add(escaped[1] ?? ''), 2);
  const plain = /^\$\w+|^[^\s'"\\$;|&]+|^[\s\S]/.exec(rest)?.[0] ?? rest;
  return (add(plain.startsWith('$') ? expanded(plain, scan, env) : plain), plain.length);
}

/** Within double quotes: variables and escapes; the commands of substitutions are put beside the others. */
function expanded(text: string, scan: Scan, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\(((?:[^()]|\([^)]*\))*)\)|\\([$`"\\])|\$(\w+)/g, (whole, inner?: string, char?: string, name?: string) => {
    if (inner !== undefined) scan.commands.push(...shellCommands(inner, env));
    return char ?? (name === undefined ? '$(…)' : (env[name] ?? whole));
  });
}
