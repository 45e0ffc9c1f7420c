import { short } from './figures.ts';

export interface Bar {
  label: string;
  value: number;
  kind: 'ours' | 'peer' | 'ceiling';
}

const COLORS = { ours: '#1677ff', peer: '#8c8c8c', ceiling: '#d9d9d9' } as const;
const ROW = 28;
const LEFT = 220;
const WIDTH = 720;

/** Horizontal bars as an SVG that reads on a light and on a dark page. */
export function plotBars(title: string, unit: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const rows = bars.map(({ label, value, kind }, index) => {
    const y = 40 + index * ROW;
    const width = Math.max(1, ((WIDTH - LEFT - 110) * value) / most);
    return [
      `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${label}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="20" fill="${COLORS[kind]}"/>`,
      `<text x="${(LEFT + width + 6).toFixed(1)}" y="${y + 14}">${short(value)} ${unit}</text>`,
    ].join('\n');
  });
  const height = 48 + bars.length * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" role="img" aria-label="${title}">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="12" y="24" font-weight="bold">${title}</text>
${rows.join('\n')}
</svg>
`;
}
