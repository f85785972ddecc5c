/** At most so many characters, `end` in place of what is left out. A character that takes two units (UTF-16) is never halved. */
export function cut(text: string, limit: number, end = '…'): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, Math.max(0, limit - end.length)).replace(/[\ud800-\udbff]$/, '')}${end}`;
}
