const late = Symbol('late');

/** Work that took longer than it may. */
export class TimeoutError extends Error {
  constructor(ms: number) {
    super(`timeout after ${ms} ms`);
  }
}

/**
 * Runs `work`, for at most `ms`: then its signal aborts, and this rejects with `TimeoutError` whether the work heeds the signal
 * or not. So an answer that drips in byte by byte does not outlive it. Other failures of the work pass through.
 */
export async function withTimeout<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const result = await race(ms, work(controller.signal), () => controller.abort(new TimeoutError(ms)));
  if (result === late) throw controller.signal.reason;
  return result;
}

/** The result of `work`, or `fallback` after `ms`; the work continues. Its failure passes through. */
export async function resultOr<T, Fallback>(
  ms: number,
  work: Promise<T>,
  fallback: Fallback,
): Promise<T | Fallback> {
  const result = await race(ms, work);
  return result === late ? fallback : result;
}

/** The result of `work`; null if it fails or takes longer than `ms`. Never throws. */
export function answerWithin<T>(ms: number, work: Promise<T>): Promise<T | null> {
  return resultOr(
    ms,
    work.catch(() => null),
    null,
  );
}

/** Whether `work` succeeds within `ms`. Never throws. */
export function answersWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  return resultOr(
    ms,
    work.then(
      () => true,
      () => false,
    ),
    false,
  );
}

async function race<T>(ms: number, work: Promise<T>, onLate = () => {}): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => {
      onLate();
      resolve(late);
    }, ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
