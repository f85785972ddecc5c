/** A page of metrics in Prometheus' text format: the sum over all series of a name whose labels have these values. */
export type MetricsPage = (name: string, labels?: Readonly<Record<string, string>>) => number;

export async function metricsPage(opsUrl: string): Promise<MetricsPage> {
  const response = await fetch(`${opsUrl}/metrics`, { signal: AbortSignal.timeout(30_000) });
  const lines = (await response.text()).split('\n');
  return (name, labels = {}) => {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    const series = lines.filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    const matching = series.filter(line => wanted.every(pair => line.includes(pair)));
    return matching.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  };
}
