import type { Distortion, ScriptedFault } from '../exchange/faults.ts';
import type { WireReply } from '../exchange/wire.ts';
import type { Operation } from './operations.ts';
import type { Staleness } from './versioned.ts';

/** What a gateway answers, before it is signed and put on the wire. */
export interface Answer {
  status: number;
  /** The channel's error code, for the log; null for success. */
  code: string | null;
  /** The exact text that is signed; UnionPay's fields as JSON, which are signed as sorted text. */
  body: string;
  signed: boolean;
  /** gateway.do only: the answer stands under `error_response` instead of the method's own node. */
  errorNode?: boolean;
}

/** A request that a gateway has understood, ready to take effect. */
export interface Call {
  channel: string;
  /** Its name and version, for the log. */
  protocol: string;
  operation: Operation | null;
  orderNo: string | null;
  /** `ok`, or why the request was not believed. */
  verified: string;
  /** The effect, all at once: nothing else happens to the order in between. */
  perform(staleness: Staleness | null): Answer;
  /** What this protocol says when a fault answers instead. */
  script(fault: ScriptedFault): Answer;
  render(answer: Answer, distortion: Distortion | null): WireReply;
}
