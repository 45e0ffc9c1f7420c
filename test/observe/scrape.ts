/** One series of a scrape. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Scrape {
  /** Every metric that is exported, whether it has a value or not. */
  names: Set<string>;
  samples: Sample[];
  /** The sum of all series with this name and these labels; null: none. */
  value(name: string, labels?: Record<string, string>): number | null;
}

/** Reads what Prometheus would read, at the listener of this environment. */
export async function scrape(env: Record<string, string>): Promise<Scrape> {
  const response = await fetch(`http://127.0.0.1:${env.METRICS_PORT}/metrics`);
  if (response.status !== 200) throw new Error(`scrape: ${response.status}`);
  const lines = (await response.text()).split('\n');
  const names = new Set(lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []));
  const samples = lines.flatMap((line) => asSample(line) ?? []);
  return {
    names,
    samples,
    value(name, labels = {}) {
      const found = samples.filter(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
      );
      return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

function asSample(line: string): Sample | null {
  const found = /^([a-z_A-Z:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (found === null) return null;
  const [, name = '', labels = '', value = ''] = found;
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
  const asNumber = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
  return { name, labels: Object.fromEntries(pairs), value: asNumber };
}
