/** A call was given up because its time had run out. */
export class DeadlineExceeded extends Error {
  constructor(ms: number) {
    super(`timeout after ${ms} ms`);
  }
}

/**
 * Runs `call`, but not for longer than `ms`: then its signal aborts, and this rejects with `DeadlineExceeded`
 * whether the call heeds the signal or not. So an answer that drips in byte by byte does not outlive it.
 */
export async function withDeadline<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  const timer = setTimeout(() => controller.abort(new DeadlineExceeded(ms)), ms);
  try {
    return await Promise.race([call(signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
