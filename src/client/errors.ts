/**
 * - `signature`: the answer is not signed, or not with our secret: whoever sent it, nothing was learned.
 * - `transport`: no connection, a status other than 200, an answer that broke off or is too long.
 * - `timeout`: no complete answer in time. The call may have taken effect.
 * - `protocol`: an answer that is none: no JSON, an HTML page, no code, a member that makes no sense, another
 *   order than the one asked for, an old answer, a notice that is too long.
 */
export type AutocloseErrorKind = 'signature' | 'transport' | 'timeout' | 'protocol';

/** Nothing is known of the outcome of a call: repeat it, or query the order. Never a refusal of the gateway. */
export class AutocloseError extends Error {
  readonly kind: AutocloseErrorKind;

  constructor(kind: AutocloseErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AutocloseError';
    this.kind = kind;
  }
}

/** An answer that does not keep to the protocol. */
export function protocolError(message: string): AutocloseError {
  return new AutocloseError('protocol', message);
}
