import { setTimeout as wait } from 'node:timers/promises';

/** Returns the result of `question`; null if it fails or takes longer than `limitMs`. Never throws. */
export async function answerWithin<T>(limitMs: number, question: Promise<T>): Promise<T | null> {
  const over = new AbortController();
  const late = wait(limitMs, null, { signal: over.signal }).catch(() => null);
  const answer = await Promise.race([question.catch(() => null), late]);
  over.abort();
  return answer;
}

/** Returns whether `question` succeeds within `limitMs`. Never throws. */
export async function answersWithin(limitMs: number, question: Promise<unknown>): Promise<boolean> {
  return (
    (await answerWithin(
      limitMs,
      question.then(() => true as const),
    )) !== null
  );
}
