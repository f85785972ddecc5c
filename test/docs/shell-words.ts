type Env = Readonly<Record<string, string>>;

interface Scan {
  readonly commands: string[][];
  readonly env: Env;
  words: string[];
  /** Undefined between words. */
  word: string | undefined;
}

/**
 * The commands of a script as `sh` would begin them, each as its words: quotes and escapes are taken away, lines that go on are joined,
 * comments and here-documents left out, `env` put in. The commands of `$(…)` come before those that hold them.
 */
export function shellCommands(script: string, env: Env = {}): string[][] {
  const scan: Scan = { commands: [], env, words: [], word: undefined };
  let rest = script.replaceAll(/<<'?(\w+)'?([^\n]*)\n[\s\S]*?\n\1$/gm, '$2').replaceAll('\\\n', ' ');
  while (rest !== '') rest = rest.slice(step(rest, scan));
  commandEnded(scan);
  return scan.commands;
}

/** The words of one command. */
export function shellWords(command: string, env: Env = {}): string[] {
  return shellCommands(command, env)[0] ?? [];
}

/** What may stand at some place, and what it is to the words; the first that fits counts. */
const PARTS: readonly (readonly [RegExp, (text: string, scan: Scan) => void])[] = [
  [/^(?:&&|\|\||[;|&\n])/, (_, scan) => commandEnded(scan)],
  [/^[ \t]+/, (_, scan) => wordEnded(scan)],
  [/^'[^']*'/, (text, scan) => add(text.slice(1, -1), scan)],
  [/^"(?:\$\((?:[^()]|\([^)]*\))*\)|\\[\s\S]|[^"\\])*"/, (text, scan) => add(expanded(text.slice(1, -1), scan), scan)],
  [/^\$\((?:[^()]|\([^)]*\))*\)|^\$\w+/, (text, scan) => add(expanded(text, scan), scan)],
  [/^\\[\s\S]/, (text, scan) => add(text.slice(1), scan)],
  [/^[^\s'"\\$;|&]+|^[\s\S]/, add],
];

/** Takes what stands first, and says how long it is. */
function step(rest: string, scan: Scan): number {
  const comment = scan.word === undefined ? /^#[^\n]*/.exec(rest) : null;
  if (comment) return comment[0].length;
  for (const [pattern, take] of PARTS) {
    const text = pattern.exec(rest)?.[0];
    if (text === undefined) continue;
    take(text, scan);
    return text.length;
  }
  return rest.length;
}

function add(text: string, scan: Scan): void {
  scan.word = (scan.word ?? '') + text;
}

function wordEnded(scan: Scan): void {
  if (scan.word !== undefined) scan.words.push(scan.word);
  scan.word = undefined;
}

function commandEnded(scan: Scan): void {
  wordEnded(scan);
  if (scan.words.length > 0) scan.commands.push(scan.words);
  scan.words = [];
}

/** Variables, and escapes as within double quotes; the commands of substitutions are put beside the others. */
function expanded(text: string, { commands, env }: Scan): string {
  return text.replaceAll(/\$\(((?:[^()]|\([^)]*\))*)\)|\\([$`"\\])|\$(\w+)/g, (whole, inner?: string, char?: string, name?: string) => {
    if (inner !== undefined) commands.push(...shellCommands(inner, env));
    return char ?? (name === undefined ? '$(…)' : (env[name] ?? whole));
  });
}
