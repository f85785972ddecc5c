import type { PromqlSyntax } from '../../domain/ports/promql-syntax.ts';
export async function promqlSyntax(): Promise<PromqlSyntax> {
  return {
    read(text) {
      if (text.includes('((')) return { ok: false, problems: [{ from: 0, to: 1, message: 'bad' }] };
      const m = /^(.*) (>|<) ([0-9.]+)$/.exec(text);
      return {
        ok: true,
        reading: {
          type: 'vector',
          selectors: [],
          ...(m && { comparison: { query: m[1] ?? '', operator: m[2] === '>' ? '>' : '<', number: Number(m[3]) } }),
        },
      };
    },
  };
}
