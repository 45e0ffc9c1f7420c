/** The fields of INFO, by name. */
export type RedisInfo = ReadonlyMap<string, string>;

export function readInfo(text: string): RedisInfo {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
