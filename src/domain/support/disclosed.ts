import { isRecord, parsedJson } from '../text/json.ts';
import type { Fields } from '../text/json-fields.ts';
import { isSecretName } from '../text/masking.ts';
import { maySay, type KnownVariable } from './environment.ts';
import { tellingWords } from './telling-words.ts';

const HIDDEN = '***';

export interface Disclosing {
  /** What the operator reads from its environment, by name. */
  readonly variables: ReadonlyMap<string, KnownVariable>;
  /** Told each secret that is come upon, for it may stand in a log or an Event as well. */
  readonly found: (secret: string) => void;
}

/** The value as others may see it: what is a secret by its name or place is replaced, in JSON within texts as well. */
export function disclosed(value: unknown, how: Disclosing): unknown {
  return walked(value, { name: '', parent: '' }, how);
}

interface Place {
  readonly name: string;
  /** The name of what this is a field or an entry of. */
  readonly parent: string;
}

function walked(value: unknown, place: Place, how: Disclosing): unknown {
  if (typeof value === 'string') return shownText(value, place, how);
  if (Array.isArray(value)) return isCommandLine(place.name) ? commandLine(value, how) : value.map(each => walked(each, place, how));
  if (isRecord(value)) return shownFields(value, place, how);
  return typeof value === 'number' && isSecretName(place.name) ? HIDDEN : value;
}

function shownText(text: string, place: Place, how: Disclosing): string {
  if (isSecretName(place.name) || isHeaders(place.parent)) return hidden(text, how);
  if (place.name === 'url' && GIVES_AWAY.has(place.parent)) return origin(text, how);
  if (!/^\s*[[{]/.test(text)) return text;
  const inner = parsedJson(text);
  return inner === undefined ? text : JSON.stringify(walked(inner, place, how));
}

/** `headers`, and `httpHeaders` of a container's probe. */
function isHeaders(name: string): boolean {
  return /headers$/i.test(name);
}

/** Addresses of these are keys themselves: whoever has one may post there. */
const GIVES_AWAY = new Set(['heartbeat', 'webhook']);

function origin(text: string, how: Disclosing): string {
  const url = URL.parse(text);
  if (!url) return hidden(text, how);
  if (url.pathname === '/' && url.search === '') return text;
  hidden(text, how);
  return `${url.protocol}//${url.host}/${HIDDEN}`;
}

function hidden(text: string, { found }: Disclosing): string {
  if (text === '' || text === HIDDEN) return text;
  for (const word of tellingWords(text)) found(word);
  return HIDDEN;
}

function shownFields(fields: Fields, place: Place, how: Disclosing): unknown {
  if (typeof fields['name'] === 'string' && 'value' in fields) return named(fields, place, how);
  if (typeof fields['path'] === 'string' && 'value' in fields && 'op' in fields) return operation(fields, place, how);
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
      if (name === 'managedFields') return [];
      if (name === 'annotations' && place.name === 'metadata') return [[name, annotations(value, how)]];
      return [[name, walked(value, { name, parent: place.name }, how)]];
    }),
  );
}

/** `{name, value}`: a variable of a container, or a parameter. */
function named(fields: Fields, place: Place, how: Disclosing): Fields {
  const name = String(fields['name']);
  const isVariable = place.name === 'env' || /^[A-Z][A-Z0-9_]+$/.test(name);
  const secret = isVariable ? !maySay(name, how.variables) : isSecretName(name) || isHeaders(place.name);
  if (!secret) return { ...fields, value: walked(fields['value'], { name, parent: place.name }, how) };
  return { ...fields, value: allHidden(fields['value'], isUnheardOf(name, place, how) ? { ...how, found: () => {} } : how) };
}

/** A container's variable that may be anything, such as NODE_ENV: to hide its value wherever it stands would hide `production` everywhere. */
function isUnheardOf(name: string, { parent }: Place, { variables }: Disclosing): boolean {
  return /containers$/i.test(parent) && !isSecretName(name) && !variables.has(name);
}

const OF_VARIABLE = /\/env\/(?:\d+|-)(?:\/value)?$/;

/** An operation of a JSON Patch: what its path leads to says what its value is. */
function operation(fields: Fields, place: Place, how: Disclosing): Fields {
  const path = String(fields['path']);
  const last = path.split('/').at(-1) ?? '';
  const secret = typeof fields['value'] === 'string' && (isSecretName(last) || OF_VARIABLE.test(path));
  const name = OF_VARIABLE.test(path) ? 'env' : last;
  return { ...fields, value: secret ? allHidden(fields['value'], how) : walked(fields['value'], { name, parent: place.name }, how) };
}

function allHidden(value: unknown, how: Disclosing): unknown {
  if (typeof value === 'string') return hidden(value, how);
  return value === undefined || value === null ? value : HIDDEN;
}

/** Tools note there whatever they like, kubectl a copy of the whole object. Those of ours and of the usual tools are shown. */
const SHOWN_ANNOTATION = /^(awoooi\.io\/|meta\.helm\.sh\/|deployment\.kubernetes\.io\/revision$|kubectl\.kubernetes\.io\/restartedAt$)/;

function annotations(value: unknown, how: Disclosing): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => [
      name,
      SHOWN_ANNOTATION.test(name) ? walked(text, { name, parent: 'annotations' }, how) : HIDDEN,
    ]),
  );
}

function isCommandLine(name: string): boolean {
  return name === 'args' || name === 'command';
}

const SECRET_FLAG = /^--?[\w-]*(?:pass|password|token|secret|key|auth)$/i;

/** Also where a flag and its value are two words. */
function commandLine(words: readonly unknown[], how: Disclosing): unknown[] {
  return words.map((word, index) => {
    const before = words[index - 1];
    if (typeof word !== 'string') return word;
    if (typeof before === 'string' && SECRET_FLAG.test(before)) return hidden(word, how);
    const [, flag = '', value = ''] = /^(--?[\w-]+=)(.+)$/s.exec(word) ?? [];
    return SECRET_FLAG.test(flag.slice(0, -1)) ? flag + hidden(value, how) : word;
  });
}
