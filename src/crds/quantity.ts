import { withRules } from './rule.ts';
import { patternedText } from './text.ts';

const SHAPE = /^([0-9]+(?:[.][0-9]+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;
const DECIMAL = ['k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A resource.Quantity above 0, without signs and exponents. */
export const Quantity = withRules(
  patternedText({
    pattern: /^[0-9]+([.][0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/,
    maxLength: 32,
    sentence: 'must be a quantity such as 512Mi, 2Gi, 500m or 2',
  }),
  [
    {
      cel: "!isQuantity(self) || quantity(self).isGreaterThan(quantity('0'))",
      message: 'must be a quantity above 0',
      holds: text => !SHAPE.test(text) || quantityValue(text) > 0,
    },
  ],
);

/** CEL for "left is at most right", both expressions giving quantity texts. True where one is malformed: its own field says so. */
export function celQuantityAtMost(left: string, right: string): string {
  return `!isQuantity(${left}) || !isQuantity(${right}) || quantity(${left}).compareTo(quantity(${right})) <= 0`;
}

/** The number that a quantity stands for; a text that is none counts as 0. */
export function quantityValue(text: string): number {
  const [, digits = '0', unit = ''] = SHAPE.exec(text) ?? [];
  return Number(digits) * unitValue(unit);
}

function unitValue(unit: string): number {
  if (unit === 'm') return 0.001;
  return unit.endsWith('i') ? 1024 ** (BINARY.indexOf(unit) + 1) : 1000 ** (DECIMAL.indexOf(unit) + 1);
}
