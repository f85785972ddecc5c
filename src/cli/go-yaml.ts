import type { ScalarTag, Tags } from 'yaml';

const INTEGER = /^(?:0([xob])([\da-f]+)|(0[0-7]+)|0|[1-9]\d*)$/i;
const DECIMAL = /^(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i;

/** `010` is 8 and `1_000` is 1000, and `08` is 8 all the same. */
function goNumber(text: string): number | string {
  const plain = text.replaceAll('_', '');
  const size = sizeOf(plain.replace(/^[-+]/, ''));
  if (Number.isNaN(size)) return text;
  return plain.startsWith('-') ? -size : size;
}

function sizeOf(digits: string): number {
  const [, base, ofBase, octal] = INTEGER.exec(digits) ?? [];
  if (base !== undefined) return Number(`0${base.toLowerCase()}${ofBase}`);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  if (/^\.inf$/i.test(digits)) return Infinity;
  return DECIMAL.test(digits) ? Number(digits) : Number.NaN;
}

const NUMBER: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^(?:[-+]?\d|[-+.][\d._iI])[\w.+-]*$/,
  resolve: goNumber,
};

const OTHERWISE = new Set(['int', 'float', 'timestamp'].map(name => `tag:yaml.org,2002:${name}`));

/**
 * Reads YAML as kubectl does, by the YAML 1.1 of Go: `on` is true, `<<` merges, numbers are those of Go; times of day and dates, which that
 * version knows as well, are texts.
 */
export const GO_YAML = {
  version: '1.1',
  customTags: (tags: Tags): Tags => [NUMBER, ...tags.filter(tag => typeof tag === 'string' || !OTHERWISE.has(tag.tag))],
} as const;
