import { stringify } from 'yaml';
import { masked } from '../../domain/text/masking.ts';

/**
 * YAML as kubectl reads it: its parser takes words such as `on` and `1:30` for something else than a text, so they are quoted. Nothing is
 * folded, for an expression is searched for as it stands.
 */
export function objectYaml(object: unknown): string {
  return stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

/** What follows is another document. */
export const NEXT = '---\n';

/** What would end the line of a comment, or speak to a terminal. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Texts as lines of comments. Each character that is not shown leaves its place, for a caret stands under what it points at. */
export function comment(texts: readonly string[]): string {
  const lines = texts.flatMap(text => text.split('\n'));
  return lines.map(line => `${`# ${masked(line).replaceAll(UNSEEN, ' ')}`.trimEnd()}\n`).join('');
}
