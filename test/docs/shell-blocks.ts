import { PAGES, pageText } from './markdown.ts';

export interface ShellBlock {
  readonly page: string;
  readonly script: string;
  /** What the page says that it cannot be tried without. */
  readonly needs: string | undefined;
  /** `awoooi x [--y]`: how a command is written, not a command. */
  readonly synopsis: boolean;
}

/** Words that a line of an unmarked block begins with where it is a command. */
const COMMAND = /^(?:kubectl|helm|awoooi|make|curl|docker|npm|npx|amtool|promtool|tar|PATH=|export |alias )/;
const BLOCK = /(?:^<!-- needs: (.+) -->\n\n?)?(?:^```(\w*)\n([\s\S]*?)^```$|(?<=\n\n|^<!-- needs: .+ -->\n)((?: {4}.*\n|\n(?= {4}))+))/gm;

/** Every block of commands of a page: fenced as sh or without a language, or indented; those of lists that only look so are not. */
function blocksOf(page: string): ShellBlock[] {
  return [...pageText(page).matchAll(BLOCK)].flatMap(([, needs, language, fenced, indented]) => {
    const script = fenced ?? (indented ?? '').replaceAll(/^ {4}/gm, '');
    const isShell = language === 'sh' || ((language ?? '') === '' && COMMAND.test(script));
    return isShell ? [{ page, script, needs, synopsis: language === '' && script.includes('[') }] : [];
  });
}

export const SHELL_BLOCKS: readonly ShellBlock[] = PAGES.filter(page => page !== 'CHANGELOG.md').flatMap(blocksOf);
