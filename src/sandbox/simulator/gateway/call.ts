import type { Distortion, ScriptedFault } from '../exchange/faults.ts';
import type { WireReply } from '../exchange/wire.ts';
import type { Operation } from './operations.ts';
import type { Staleness } from './versioned.ts';

/** A gateway's answer before it is signed and sent. */
export interface Answer {
  status: number;
  /** The channel's error code for the log; null for success. */
  code: string | null;
  /** The exact text that is signed; UnionPay's fields as JSON, which are signed as sorted text. */
  body: string;
  signed: boolean;
  /** gateway.do only: the answer is under `error_response` instead of the method's node. */
  errorNode?: boolean;
}

/** A parsed request, ready to be applied. */
export interface Call {
  channel: string;
  /** The protocol's name and version, for the log. */
  protocol: string;
  operation: Operation | null;
  orderNo: string | null;
  /** `ok`, or why verification failed. */
  verified: string;
  /** Applies the effect, synchronously: the order cannot change meanwhile. */
  perform(staleness: Staleness | null): Answer;
  /** The answer of this protocol for a fault. */
  script(fault: ScriptedFault): Answer;
  render(answer: Answer, distortion: Distortion | null): WireReply;
}
