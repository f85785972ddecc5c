import { isRecord } from '../text/json.ts';
import { fields, word } from './forms.ts';

/** What SigNoz takes for a context, and what it then shows. Of a trace's own fields it forgets the context once they are written back. */
const CONTEXTS: ReadonlyMap<unknown, string> = new Map([
  ...['resource', 'scope', 'attribute', 'event', 'body', 'span', 'log', 'metric'].map(name => [name, name] as const),
  ['tag', 'attribute'],
  ['point', 'attribute'],
  ['spanfield', 'span'],
  ['logfield', 'log'],
  ['tracefield', ''],
]);

/** Numbers of every size are one type to SigNoz, called by this name or by that from one version to the next. */
const NUMBERS = ['number', 'float', 'float32', 'float64', 'double', 'decimal'].concat(
  ['', '8', '16', '32', '64'].flatMap(size => [`int${size}`, `uint${size}`]),
);
const DATA_TYPES: ReadonlyMap<unknown, string> = new Map([
  ...NUMBERS.map(name => [name, 'number'] as const),
  ...['string', 'str'].map(name => [name, 'string'] as const),
  ['bool', 'bool'],
  ...['string', 'bool'].flatMap(name => [`[]${name}`, `${name}[]`].map(spelling => [spelling, `[]${name}`] as const)),
  ...['number', 'int64', 'float64'].flatMap(name => [`[]${name}`, `${name}[]`].map(spelling => [spelling, '[]number'] as const)),
]);

const REST = fields(new Map([['signal', word]]));

/** The key of a field: `resource.service.name:string` is a name, a context and a type in one, where these are not given apart. */
export function fieldKey(value: unknown): unknown {
  if (!isRecord(value) || typeof value['name'] !== 'string') return REST(value);
  const typed = withType(value['name'], DATA_TYPES.get(word(value['fieldDataType'])) ?? '');
  const { name, fieldContext } = withContext(typed.name, CONTEXTS.get(word(value['fieldContext'])) ?? '');
  return REST({ ...value, name, fieldContext, fieldDataType: typed.fieldDataType });
}

function withType(text: string, given: string): { name: string; fieldDataType: string } {
  const at = text.lastIndexOf(':');
  const inName = given === '' && at >= 0 ? DATA_TYPES.get(text.slice(at + 1)) : undefined;
  return inName === undefined ? { name: text, fieldDataType: given } : { name: text.slice(0, at), fieldDataType: inName };
}

function withContext(text: string, given: string): { name: string; fieldContext: string } {
  const at = text.indexOf('.');
  const inName = given === '' && at >= 0 ? CONTEXTS.get(text.slice(0, at)) : undefined;
  if (inName === undefined) return { name: text, fieldContext: given };
  const name = text.slice(at + 1);
  if (inName === 'log' && name.startsWith('body.')) return { name: name.slice('body.'.length), fieldContext: 'body' };
  return withContext(name, inName);
}
