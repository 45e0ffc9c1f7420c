import type { Text } from '../../text/zh/zh.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Ms in readable units: `2 h 5 min`, `4.5 s`, `320 ms`. */
export function duration(ms: number, { unit }: Pick<Text['common'], 'unit'>): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ${unit.ms}`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} ${unit.second}`;
  return coarse(ms, unit);
}

/** The same in whole seconds, for countdowns. */
export function clockDuration(ms: number, { unit }: Pick<Text['common'], 'unit'>): string {
  return coarse(Math.max(0, ms), unit);
}

function coarse(ms: number, unit: Text['common']['unit']): string {
  const pairs: [number, string, number, string][] = [
    [DAY, unit.day, HOUR, unit.hour],
    [HOUR, unit.hour, MINUTE, unit.minute],
    [MINUTE, unit.minute, SECOND, unit.second],
  ];
  for (const [large, largeName, small, smallName] of pairs) {
    if (ms < large) continue;
    const rest = Math.floor((ms % large) / small);
    return `${Math.floor(ms / large)} ${largeName} ${rest} ${smallName}`;
  }
  return `${Math.floor(ms / SECOND)} ${unit.second}`;
}
