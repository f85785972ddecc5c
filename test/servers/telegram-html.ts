/** Tags of the Bot API's HTML style ("Formatting options"). */
const TAGS = new Set('b strong i em u ins s strike del code pre a blockquote span tg-spoiler tg-emoji tg-time'.split(' '));

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

export type ParsedHtml = { readonly is: 'text'; readonly text: string } | { readonly is: 'error'; readonly error: string };

/** Reads HTML as the Bot API does: only its own tags, properly nested and closed; anything else is refused, not shown. */
export function parsedHtml(html: string): ParsedHtml {
  const open: string[] = [];
  let text = '';
  for (let at = 0; at < html.length; ) {
    if (html[at] !== '<') {
      const next = html.indexOf('<', at);
      const end = next === -1 ? html.length : next;
      text += unescaped(html.slice(at, end));
      at = end;
      continue;
    }
    const offset = Buffer.byteLength(html.slice(0, at));
    const end = html.indexOf('>', at);
    if (end === -1) return { is: 'error', error: `Unclosed start tag at byte offset ${offset}` };
    const error = entered(html.slice(at + 1, end), open, offset);
    if (error !== undefined) return { is: 'error', error };
    at = end + 1;
  }
  const left = open.at(-1);
  return left === undefined ? { is: 'text', text } : { is: 'error', error: `Can't find end tag corresponding to start tag "${left}"` };
}

function entered(tag: string, open: string[], offset: number): string | undefined {
  if (!tag.startsWith('/')) {
    const name = /^\S*/.exec(tag)?.[0].toLowerCase() ?? '';
    if (!TAGS.has(name)) return `Unsupported start tag "${name}" at byte offset ${offset}`;
    open.push(name);
    return undefined;
  }
  const name = tag.slice(1).trim().toLowerCase();
  const expected = open.pop();
  if (expected === undefined) return `Unexpected end tag at byte offset ${offset}`;
  return expected === name ? undefined : `Unmatched end tag at byte offset ${offset}, expected "</${expected}>", found "</${name}>"`;
}

function unescaped(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(lt|gt|amp|quot);/g, (_, name: string) => ENTITIES[name] ?? '');
}
