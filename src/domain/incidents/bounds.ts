import { createHash } from 'node:crypto';
import type { Alert, Links } from '../alerts/alert.ts';
import { cut } from '../text/cut.ts';

/** Of one label or annotation. */
const VALUE_CHARACTERS = 16_384;
/** Of all labels, and of all annotations, of an alert. */
const ALL_CHARACTERS = 131_072;
const NAME_CHARACTERS = 1024;
const CUT = ' … [cut by awoooi-operator]';

/** An id that may stand within a key of a store as it is. */
const PLAIN = /^[\w.:@/-]{1,200}$/;

/** The alert as a store may keep it: no text without bound, no half of a surrogate pair, which JSON and Lua choke on. */
export function storable(alert: Alert): Alert {
  return {
    ...alert,
    name: within(alert.name, NAME_CHARACTERS),
    fingerprint: plainId(alert.fingerprint),
    ...(alert.occurrence !== undefined && { occurrence: plainId(alert.occurrence) }),
    ...(alert.requestId !== undefined && { requestId: plainId(alert.requestId) }),
    labels: bounded(alert.labels),
    annotations: bounded(alert.annotations),
    links: boundedLinks(alert.links),
  };
}

/** The id itself, or where it is long or strange a digest of it: distinct ids stay distinct. */
export function plainId(id: string): string {
  return PLAIN.test(id) ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

function bounded(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (isBounded(texts)) return texts;
  let left = ALL_CHARACTERS;
  const kept: [string, string][] = [];
  for (const [name, value] of Object.entries(texts)) {
    const key = within(name, NAME_CHARACTERS);
    if (left <= key.length) break;
    left -= key.length;
    const text = within(value, Math.min(VALUE_CHARACTERS, left));
    left -= text.length;
    kept.push([key, text]);
  }
  return Object.fromEntries(kept);
}

/** As nearly all are: then there is nothing to cut or mend. */
function isBounded(texts: Readonly<Record<string, string>>): boolean {
  let left = VALUE_CHARACTERS;
  for (const name of Object.keys(texts)) {
    const text = texts[name] ?? '';
    left -= name.length + text.length;
    if (left < 0 || name.length > NAME_CHARACTERS || !name.isWellFormed() || !text.isWellFormed()) return false;
  }
  return true;
}

/** A link that was cut would lead nowhere. */
function boundedLinks(links: Links): Links {
  const fits = Object.entries(links).filter(([, url]) => typeof url === 'string' && url.length <= VALUE_CHARACTERS);
  return Object.fromEntries(fits.map(([name, url]) => [name, String(url).toWellFormed()]));
}

function within(text: string, atMost: number): string {
  return cut(text, atMost, CUT).toWellFormed();
}
