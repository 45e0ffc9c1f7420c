const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;

/** DaxPay's schedule: ms after each failed send; the first send is at once. 16 sends within 24 h 4 min. */
const waitsMs = [
  ...[15 * S, 15 * S, 30 * S, 3 * MIN, 10 * MIN, 20 * MIN, 30 * MIN, 30 * MIN, 30 * MIN, 60 * MIN],
  ...[3 * H, 3 * H, 3 * H, 6 * H, 6 * H],
];

/** In one schedule. */
export const SENDS = waitsMs.length + 1;

/** Ms from the end of the given failed send, counted from 1, to the next; null when it was the last. */
export function nextSendInMs(sends: number): number | null {
  return waitsMs[sends - 1] ?? null;
}
