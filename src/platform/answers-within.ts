import { setTimeout as wait } from 'node:timers/promises';

/** True if the question is answered in time, whatever the answer; false if it fails or takes longer. Never throws. */
export async function answersWithin(limitMs: number, question: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = wait(limitMs, false, { signal: over.signal }).catch(() => false);
  const answered = question.then(
    () => true,
    () => false,
  );
  const answer = await Promise.race([answered, late]);
  over.abort();
  return answer;
}
