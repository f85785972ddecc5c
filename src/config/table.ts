import { type Slices, variablesOf } from './variable.ts';

/** The variables as a Markdown table, for docs/configuration.md. */
export function configTable(slices: Slices): string {
  const shown = variablesOf(slices).filter(({ facts }) => !facts.hidden);
  const rows = shown.map(({ facts }) => {
    const name = facts.secret ? `\`${facts.env}\`, \`${facts.env}_FILE\`` : `\`${facts.env}\``;
    return `| ${name} | ${defaultText(facts.default)} | ${cell(`${facts.description} Takes ${facts.expects}.`)} |`;
  });
  return ['| variable | default | what it says |', '|---|---|---|', ...rows].join('\n');
}

function defaultText(text: string | undefined): string {
  return text === undefined || text === '' ? '–' : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
