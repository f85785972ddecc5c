/** Neither a line end nor a tab, and no half of a surrogate pair: servers refuse texts with NUL, and nobody sees the others. */
const NOT_SHOWN = /[\p{Cs}]|(?![\n\t])\p{Cc}/gu;

/**
 * What begins a block of Markdown at the start of a line, also within lists and quotations: headings, fences, HTML, rules, definitions of links.
 * No more than twenty of these within each other: without an end, one line could take a time that grows with its square.
 */
const BLOCK_START =
  /^((?:[ \t]|[-*+>](?=[ \t])|\d{1,9}[.)](?=[ \t])){0,20})(?=#{1,6}(?:[ \t]|$)|`{3}|~{3}|<|\[[^\]\n]{1,999}\]:|=+[ \t]*$|-+[ \t]*$|([-*_])(?:[ \t]*\2){2,}[ \t]*$)/gm;

/** A longer run is no code of anybody's, and would make the fence around it as long. */
const LONGEST_RUN = /`{20,}/g;

/** Foreign prose that stays within the paragraphs it is put into, shows no image and hides no link behind other words. */
export function prose(text: string): string {
  return shown(text).replaceAll(BLOCK_START, '$1\\').replaceAll('![', '!\\[').replaceAll('](', '] (');
}

/** Foreign text as a code block, which nothing in it can end: its fence is longer than every run of backticks inside. */
export function codeBlock(text: string): string {
  const code = shown(text).replaceAll(LONGEST_RUN, '`'.repeat(19));
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}\n${code}\n${fence}`;
}

/** At most so many bytes as UTF-8, no character cut in two. */
export function cutToBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limit) return text;
  // What is left of a character that was cut reads as U+FFFD.
  return `${bytes
    .subarray(0, limit - 3)
    .toString('utf8')
    .replace(/\ufffd+$/, '')}…`;
}

function shown(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(NOT_SHOWN, '').trim();
}
