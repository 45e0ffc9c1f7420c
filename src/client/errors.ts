/**
 * - `signature`: the answer is not signed with our secret. The outcome is unknown.
 * - `transport`: no connection, a status other than 200, an answer that is incomplete or too long.
 * - `timeout`: no complete answer in time. The call may have taken effect.
 * - `protocol`: an invalid answer: not JSON, no code, an invalid member, another order than requested, an old answer, or a
 *   notice that is too long.
 */
export type AutocloseErrorKind = 'signature' | 'transport' | 'timeout' | 'protocol';

/** The outcome of a call is unknown: repeat it, or query the order. Never a refusal by the gateway. */
export class AutocloseError extends Error {
  readonly kind: AutocloseErrorKind;

  constructor(kind: AutocloseErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AutocloseError';
    this.kind = kind;
  }
}

/** An answer that violates the protocol. */
export function protocolError(message: string): AutocloseError {
  return new AutocloseError('protocol', message);
}
