import { isRecord } from '../text/json.ts';
import { textAt } from '../text/json-fields.ts';

/** Of people who used the program: it is nobody's business here, and each of them would make the labels others. */
const PERSONAL = /^(user|ip_address|geo)\b/;

/** Tags as Sentry writes them: pairs, objects with key and value, or one object of them all. */
export function tagsIn(given: unknown): Record<string, string> {
  const pairs = Array.isArray(given) ? given.map(pairOf) : isRecord(given) ? Object.entries(given) : [];
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => {
      const [key, text] = [textAt({ name }, 'name'), textAt({ value }, 'value')];
      return key === undefined || text === undefined || PERSONAL.test(key) ? [] : [[key, text]];
    }),
  );
}

function pairOf(tag: unknown): readonly [unknown, unknown] {
  if (Array.isArray(tag)) return [tag[0], tag[1]];
  return isRecord(tag) ? [tag['key'], tag['value']] : [undefined, undefined];
}
