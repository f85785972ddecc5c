/** What the demo shows a person: one line per step with its time, and tables. Colours only on a terminal. */
export interface Screen {
  say(text: string): void;
  heading(text: string): void;
  /** Shows what is being done, does it, and shows how long it took. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** As `step`, with a table that is drawn anew whenever `show` is called; where nobody watches only the last one is printed. */
  live<T>(what: string, work: (show: (rows: Rows) => void) => Promise<T>): Promise<T>;
  list(rows: Rows): void;
  good(text: string): void;
  bad(text: string): void;
}

export type Rows = readonly (readonly string[])[];

const CODES = { bold: '1', green: '32', red: '31', dim: '2' } as const;

export function screen(out: NodeJS.WriteStream): Screen {
  const paint = (code: keyof typeof CODES, text: string): string => (out.isTTY ? `\u001B[${CODES[code]}m${text}\u001B[0m` : text);
  const say = (text: string): void => void out.write(`${text}\n`);
  return {
    say,
    heading: text => say(`\n${paint('bold', text)}`),
    good: text => say(`${paint('green', '✔')} ${text}`),
    bad: text => say(`${paint('red', '✘')} ${text}`),
    async step(what, work) {
      out.write(`  ${what} … `);
      const started = performance.now();
      try {
        const result = await work();
        say(paint('dim', `${((performance.now() - started) / 1000).toFixed(1)} s`));
        return result;
      } catch (err) {
        say(paint('red', 'failed'));
        throw err;
      }
    },
    list: rows => lines(rows).forEach(say),
    async live(what, work) {
      const table = drawnInPlace(out);
      const result = await this.step(what, async () => {
        if (out.isTTY) say('');
        return work(rows => table.draw(rows));
      });
      table.end();
      return result;
    },
  };
}

/** On a terminal each drawing takes the place of the one before; elsewhere the last one is printed at the end. */
function drawnInPlace(out: NodeJS.WriteStream): { draw(rows: Rows): void; end(): void } {
  let last: readonly string[] = [];
  return {
    draw(rows) {
      if (out.isTTY && last.length > 0) out.write(`\u001B[${last.length}A\u001B[0J`);
      last = lines(rows);
      if (out.isTTY) out.write(`${last.join('\n')}\n`);
    },
    end() {
      if (!out.isTTY && last.length > 0) out.write(`${last.join('\n')}\n`);
    },
  };
}

function lines(rows: Rows): string[] {
  const widths = columnWidths(rows);
  return rows.map(row => `    ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}

function columnWidths(rows: Rows): number[] {
  const columns = Math.max(0, ...rows.map(row => row.length));
  return Array.from({ length: columns }, (_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)));
}
