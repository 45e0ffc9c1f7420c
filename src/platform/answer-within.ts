import { setTimeout as wait } from 'node:timers/promises';

/** The answer; null if the question fails or takes longer. Never throws. */
export async function answerWithin<T>(limitMs: number, question: Promise<T>): Promise<T | null> {
  const over = new AbortController();
  const late = wait(limitMs, null, { signal: over.signal }).catch(() => null);
  const answer = await Promise.race([question.catch(() => null), late]);
  over.abort();
  return answer;
}

/** True if the question is answered in time, whatever the answer. Never throws. */
export async function answersWithin(limitMs: number, question: Promise<unknown>): Promise<boolean> {
  return (
    (await answerWithin(
      limitMs,
      question.then(() => true as const),
    )) !== null
  );
}
