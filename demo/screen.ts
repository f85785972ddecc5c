/** What the demo shows a person: one line per step with its time, and tables. Colours only on a terminal. */
export interface Screen {
  say(text: string): void;
  heading(text: string): void;
  /** Shows what is being done, does it, and shows how long it took. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  table(rows: readonly (readonly string[])[]): void;
  good(text: string): void;
  bad(text: string): void;
}

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
    table(rows) {
      const widths = columnWidths(rows);
      for (const row of rows)
        say(
          `    ${row
            .map((cell, at) => cell.padEnd(widths[at] ?? 0))
            .join('  ')
            .trimEnd()}`,
        );
    },
  };
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const columns = Math.max(0, ...rows.map(row => row.length));
  return Array.from({ length: columns }, (_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)));
}
