import type { PatchOperation } from '../../crds/repairplaybook/step.ts';
import { canonicalJson } from '../rule/canonical-json.ts';
import type { Fields } from '../text/json-fields.ts';
import { isRecord } from '../text/json.ts';
import { type Refusal, refused } from './plan.ts';

/** RFC 6902 on a copy: the value after all operations, or why the first of them that fails does. No value is told: it may be a secret. */
export function patched(
  object: unknown,
  operations: readonly PatchOperation[],
): Refusal | { readonly is: 'patched'; readonly value: unknown } {
  let value = object;
  for (const operation of operations) {
    const after = edited(value, tokensOf(operation.path), operation);
    if ('wrong' in after) return refused(`${operation.op} ${operation.path} cannot be done: ${after.wrong}`);
    value = after.value;
  }
  return { is: 'patched', value };
}

export function tokensOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

type Edited = { readonly value: unknown } | { readonly wrong: string };

function edited(value: unknown, tokens: readonly string[], operation: PatchOperation): Edited {
  const [token, ...rest] = tokens;
  if (token === undefined) return { wrong: 'the whole object is never changed' };
  if (Array.isArray(value)) return inList(value, { token, rest, operation });
  return isRecord(value) ? inRecord(value, { token, rest, operation }) : { wrong: 'nothing is there that has fields' };
}

interface Inside {
  readonly token: string;
  readonly rest: readonly string[];
  readonly operation: PatchOperation;
}

function inRecord(record: Fields, { token, rest, operation }: Inside): Edited {
  const there = Object.hasOwn(record, token);
  if (!there && (operation.op !== 'add' || rest.length > 0)) return { wrong: `there is no ${token}` };
  if (rest.length > 0) return within(record[token], { rest, operation }, value => withField(record, token, value));
  switch (operation.op) {
    case 'test':
      return tested(record, record[token], operation);
    case 'remove':
      return { value: Object.fromEntries(Object.entries(record).filter(([key]) => key !== token)) };
    case 'add':
    case 'replace':
      return { value: withField(record, token, operation.value) };
  }
}

function inList(list: readonly unknown[], { token, rest, operation }: Inside): Edited {
  const adding = operation.op === 'add' && rest.length === 0;
  if (adding && token === '-') return { value: [...list, operation.value] };
  const index = /^(0|[1-9][0-9]{0,5})$/.test(token) ? Number(token) : undefined;
  if (index === undefined) return { wrong: `${token} is no place of a list` };
  if (index >= list.length + (adding ? 1 : 0)) return { wrong: `the list has ${list.length} entries` };
  if (rest.length > 0) return within(list[index], { rest, operation }, value => list.with(index, value));
  switch (operation.op) {
    case 'test':
      return tested(list, list[index], operation);
    case 'remove':
      return { value: list.toSpliced(index, 1) };
    case 'add':
      return { value: list.toSpliced(index, 0, operation.value) };
    case 'replace':
      return { value: list.with(index, operation.value) };
  }
}

function within(inner: unknown, { rest, operation }: Omit<Inside, 'token'>, around: (value: unknown) => unknown): Edited {
  const after = edited(inner, rest, operation);
  return 'wrong' in after ? after : { value: around(after.value) };
}

function tested(whole: unknown, value: unknown, operation: PatchOperation): Edited {
  return canonicalJson(value) === canonicalJson(operation.value)
    ? { value: whole }
    : { wrong: 'it holds something else than the test wants' };
}

function withField(record: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  return { ...record, [name]: value };
}
