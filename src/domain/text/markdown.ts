/** Servers refuse texts with NUL; the others nobody sees, or they turn the order of what is seen. Line ends and tabs stay. */
const NOT_SHOWN = /[\p{Cs}\ufeff\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/gu;

/** Blanks of other widths, which some readers of Markdown take for a blank and others do not. */
const OTHER_BLANK = /(?! )\p{Zs}/gu;

/**
 * What begins a block of Markdown at the start of a line, also within lists and quotations: headings, fences, rules, definitions of links.
 * No more than twenty of these within each other: without an end, one line could take a time that grows with its square.
 */
const BLOCK_START =
  /^((?:[ \t]|[-*+>](?=[ \t])|\d{1,9}[.)](?=[ \t])){0,20})(?=#{1,6}(?:[ \t]|$)|`{3}|~{3}|\[[^\]\n]{1,999}\]:|=+[ \t]*$|-+[ \t]*$|([-*_])(?:[ \t]*\2){2,}[ \t]*$)/gm;

/**
 * Where a tag, a comment or a link in angle brackets begins. A blank ends it: a backslash would be seen in code, and eaten by an address
 * before it.
 */
const TAG = /<(?=[A-Za-z/!?])/g;

/** A longer run is no code of anybody's, and would make the fence around it as long. */
const LONGEST_RUN = /`{20,}/g;

/** Foreign prose that stays within the paragraphs it is put into, is no HTML, shows no image and hides no link behind other words. */
export function prose(text: string): string {
  return shown(text).replaceAll(TAG, '< ').replaceAll(BLOCK_START, '$1\\').replaceAll('![', '!\\[').replaceAll('](', '] (');
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
  return text
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(NOT_SHOWN, '')
    .replaceAll(OTHER_BLANK, ' ')
    .trim();
}
