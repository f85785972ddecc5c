/** What an XML document says, element by element. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

const TOKEN = /<\?xml [^>]*\?>|<\/(?<closing>[\w-]+)>|<(?<name>[\w-]+)(?<given>(?:\s+[\w-]+="[^"<]*")*)\s*(?<empty>\/?)>|(?<text>[^<]+)/gy;

/** Reads the small XML that JUnit reports are made of; throws where it is not well-formed (XML 1.0: tags, attributes, entities, characters). */
export function elements(xml: string): readonly Element[] {
  const found: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const open: typeof found = [];
  let end = 0;
  for (const { 0: token, groups: { closing, name, given, empty, text } = {} } of xml.matchAll(TOKEN)) {
    end += token.length;
    if (closing !== undefined && open.pop()?.name !== closing) throw new Error(`</${closing}> closes nothing`);
    if (text !== undefined) addText(open.at(-1), plain(text));
    if (name === undefined) continue;
    const element = { name, attributes: attributesIn(given ?? ''), text: '' };
    found.push(element);
    if (empty === '') open.push(element);
  }
  if (end !== xml.length || open.length > 0) throw new Error(`not well-formed at ${end}: ${xml.slice(end, end + 40)}`);
  return found;
}

function addText(to: { text: string } | undefined, text: string): void {
  if (to) to.text += text;
  else if (text.trim() !== '') throw new Error('text outside of the root');
}

function attributesIn(given: string): Record<string, string> {
  return Object.fromEntries([...given.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, plain(value)]));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(text: string): string {
  if (/[^\P{Cc}\t\n\r]/u.test(text)) throw new Error('a character that XML cannot hold');
  return text.replaceAll(/&(?:#(\d+)|(\w+));|&/g, (whole, code?: string, name?: string) => {
    const character = code === undefined ? ENTITIES[name ?? ''] : String.fromCodePoint(Number(code));
    if (character === undefined) throw new Error(`${whole} is no entity`);
    return character;
  });
}
