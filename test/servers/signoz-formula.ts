const TOKEN = /\s*(?:(?<operand>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][\w.]*)|(?<sign>\*\*|<<|>>|[<>=!]=|&&|\|\||[-+*/%^&|<>!~?:,()]))/y;

/** What SigNoz says of a formula that is none: whether it names queries that exist, nobody asks. */
export function formulaFault(name: string, expression: string): readonly string[] {
  if (expression.trim() === '') return ['formula expression cannot be blank'];
  const fault = syntaxFault(expression.trimEnd());
  return fault === undefined ? [] : [`failed to parse expression for formula query "${name}": ${fault}`];
}

function syntaxFault(text: string): string | undefined {
  let open = 0;
  let wantsOperand = true;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const { operand, sign = '' } = TOKEN.exec(text)?.groups ?? {};
    if (operand === undefined && sign === '') return `invalid token at ${at}`;
    if (!fits({ operand, sign, wantsOperand, before: text[at - 1] })) return `cannot transition token types at ${at}`;
    if (sign === '(') open++;
    else if (sign === ')') open--;
    if (open < 0) return 'unbalanced parenthesis';
    wantsOperand = operand === undefined && sign !== ')';
  }
  if (wantsOperand) return 'unexpected end of expression';
  return open === 0 ? undefined : 'unbalanced parenthesis';
}

const PREFIXES = new Set(['-', '!', '~', '(']);

interface Step {
  readonly operand: string | undefined;
  readonly sign: string;
  readonly wantsOperand: boolean;
  /** The character before. */
  readonly before: string | undefined;
}

function fits({ operand, sign, wantsOperand, before }: Step): boolean {
  if (operand !== undefined) return wantsOperand;
  // A call without arguments.
  if (sign === ')' && before === '(') return true;
  return wantsOperand ? PREFIXES.has(sign) : sign !== '!' && sign !== '~';
}
