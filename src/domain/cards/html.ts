import { excerpt, excerptLines } from '../text/excerpt.ts';

/** Text of our own as Telegram's HTML writes it. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Foreign text on one line: masked, cut to `limit` characters, and only then escaped, so that no cut parts an entity. */
export function line(text: string, limit: number): string {
  return escaped(excerpt(text, [], limit));
}

/** Foreign text with its lines. */
export function lines(text: string, limit: number): string {
  return escaped(excerptLines(text, limit));
}

export function bold(html: string): string {
  return `<b>${html}</b>`;
}

/** Addresses that are longer would be cut, and lead nowhere. */
const LONGEST_URL = 2000;

/** Undefined for what is no http or https URL, or too long to be one in a message. */
export function link(label: string, url: string): string | undefined {
  const parsed = URL.parse(url);
  const href = parsed && /^https?:$/.test(parsed.protocol) ? escaped(parsed.href) : '';
  return href === '' || href.length > LONGEST_URL ? undefined : `<a href="${href}">${escaped(label)}</a>`;
}
