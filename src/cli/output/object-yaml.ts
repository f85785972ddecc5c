import { Document, isScalar, visit } from 'yaml';
import { masked } from '../../domain/text/masking.ts';

/**
 * YAML as kubectl reads it: its parser takes words such as `on` and `1:30` for something else than a text, so they are quoted. Nothing is
 * folded, for an expression is searched for as it stands.
 */
export function objectYaml(object: unknown): string {
  const document = new Document(object, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && mustBeQuoted(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  // They stand in quotes by now, where an escape means the character itself.
  return document.toString({ lineWidth: 0 }).replaceAll(ESCAPED, escape);
}

/** What kubectl refuses a whole file for, takes for the end of a line, or a terminal obeys. */
const ESCAPED = /[\u007f-\u00a0\p{Cf}\p{Zl}\p{Zp}\ufffe\uffff]/gu;

/** Numbers that Go reads and the YAML of the package takes for texts. */
const GO_NUMBER = /^[-+]?(?:0[oObBxX][\da-fA-F_]+|_[\d_.]+(?:[eE][-+]?\d+)?)$/;
/** In a text of several lines Go takes a tab for indentation, which it may not be, and lines of blanks for empty ones. */
const BLANK_FIRST = /^ *(?:\t| $)/m;

function mustBeQuoted(text: string): boolean {
  return text.search(ESCAPED) !== -1 || GO_NUMBER.test(text) || BLANK_FIRST.test(text);
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
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
