const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;

/** DaxPay's schedule: ms after each failed send. The first send is immediate; 16 sends within 24 h 4 min. */
const waitsMs = [
  ...[15 * S, 15 * S, 30 * S, 3 * MIN, 10 * MIN, 20 * MIN, 30 * MIN, 30 * MIN, 30 * MIN, 60 * MIN],
  ...[3 * H, 3 * H, 3 * H, 6 * H, 6 * H],
];

/** Sends per schedule. */
export const SENDS = waitsMs.length + 1;

/** Ms from the end of a failed send (counted from 1) to the next one; null if it was the last. */
export function nextSendInMs(sends: number): number | null {
  return waitsMs[sends - 1] ?? null;
}
