import type { Moment, Operation } from '../gateway/operations.ts';
import type { Random } from '../random.ts';

/** Which requests a fault applies to; an omitted field matches everything. */
export interface FaultMatch {
  channel?: string;
  operation?: Operation;
  orderNo?: string;
  /** Only the nth matching request, from 1. */
  nth?: number;
  /** At most this many requests; by default all, or one if `nth` is given. */
  times?: number;
  /** Probability for each matching request, 0 to 1, from the simulator's seed. */
  probability?: number;
}

/** Faults that replace the gateway's answer. */
export type ScriptedFault =
  | { kind: 'status'; status: number; format?: 'json' | 'html' }
  /** 429 FREQUENCY_LIMITED; Alipay's call limit. */
  | { kind: 'rate_limited' }
  /** 202 USER_PAYING, WeChat's close. Alipay has no such answer and returns TRADE_STATUS_ERROR. */
  | { kind: 'user_paying' }
  /** The outcome is unknown: Alipay's 20000 under `error_response`; SYSTEM_ERROR with HTTP 500 elsewhere. */
  | { kind: 'unknown_error' }
  /** Any code of the channel's tables. `status` is the HTTP status (WeChat, Alipay v3), `publicCode` gateway.do's. */
  | { kind: 'error'; code: string; message?: string; status?: number; publicCode?: string };

/** What an answer without the channel's signature claims; it may be forged. For queries only. */
export type ForgedState = 'paid' | 'closed' | 'not_found';

/** Faults that corrupt the gateway's true answer. */
export type Distortion =
  | { kind: 'bad_signature'; forged?: ForgedState }
  | { kind: 'missing_headers'; forged?: ForgedState }
  /** WeChat's deliberate test of the merchant's verification. */
  | { kind: 'signtest' }
  | { kind: 'timestamp_skew'; seconds?: number }
  | { kind: 'unknown_serial' }
  | { kind: 'truncated_body' }
  | { kind: 'wrong_content_type' };

/** Connection faults. */
export type ConnectionFault =
  | { kind: 'latency'; ms: number }
  | { kind: 'hang' }
  | { kind: 'reset' }
  /** The effect happens, the answer never arrives. The same as a reset after the effect. */
  | { kind: 'lost_reply' };

/** A query answers from a replica that lags by `forMs`; if omitted, from one that lacks the last change. */
export type StaleRead = { kind: 'stale_read'; forMs?: number };

export type FaultKind = (ScriptedFault | Distortion | ConnectionFault | StaleRead)['kind'];

/**
 * A scripted fault. `when` matters to faults that answer or drop the connection. Before the effect (the default):
 * the effect never happens. After it: the effect has happened and the client does not know.
 */
export type Fault = (ScriptedFault | Distortion | ConnectionFault | StaleRead) & {
  match?: FaultMatch;
  when?: Moment;
};

/** How each kind works; the compiler keeps this complete. */
const natures = {
  status: 'scripted',
  rate_limited: 'scripted',
  user_paying: 'scripted',
  unknown_error: 'scripted',
  error: 'scripted',
  bad_signature: 'distortion',
  missing_headers: 'distortion',
  signtest: 'distortion',
  timestamp_skew: 'distortion',
  unknown_serial: 'distortion',
  truncated_body: 'distortion',
  wrong_content_type: 'distortion',
  hang: 'no_answer',
  reset: 'no_answer',
  lost_reply: 'no_answer',
  latency: 'latency',
  stale_read: 'stale_read',
} as const satisfies Record<FaultKind, string>;

export function isScripted(fault: Fault): fault is Fault & ScriptedFault {
  return natures[fault.kind] === 'scripted';
}

export function isDistortion(fault: Fault): fault is Fault & Distortion {
  return natures[fault.kind] === 'distortion';
}

/** The client gets no answer. */
export function breaksOff(fault: Fault): fault is Fault & Exclude<ConnectionFault, { kind: 'latency' }> {
  return natures[fault.kind] === 'no_answer';
}

export interface AddedFault {
  id: number;
  /** How many requests it was applied to. */
  readonly applied: number;
  remove(): void;
}

/** An active fault. */
export type ListedFault = Fault & { id: number; applied: number };

interface Entry {
  fault: Fault;
  matched: number;
  applied: number;
}

interface Target {
  channel: string;
  operation: Operation | null;
  orderNo: string | null;
}

export interface FaultBook {
  add(fault: Fault): AddedFault;
  /** The first active fault for this request; counts it as applied. */
  take(target: Target): Fault | null;
  list(): ListedFault[];
  clear(): void;
}

export function createFaultBook(random: Random): FaultBook {
  const entries = new Map<number, Entry>();
  let lastId = 0;

  function hits(entry: Entry, target: Target): boolean {
    const {
      channel,
      operation,
      orderNo,
      nth,
      times = nth === undefined ? Infinity : 1,
      probability = 1,
    } = entry.fault.match ?? {};
    if (channel !== undefined && channel !== target.channel) return false;
    if (operation !== undefined && operation !== target.operation) return false;
    if (orderNo !== undefined && orderNo !== target.orderNo) return false;
    entry.matched += 1;
    if (nth !== undefined && entry.matched < nth) return false;
    return entry.applied < times && (probability >= 1 || random.next() < probability);
  }

  return {
    add(fault) {
      lastId += 1;
      const id = lastId;
      const entry: Entry = { fault, matched: 0, applied: 0 };
      entries.set(id, entry);
      return {
        id,
        get applied() {
          return entry.applied;
        },
        remove: () => {
          entries.delete(id);
        },
      };
    },
    take(target) {
      const entry = [...entries.values()].find((candidate) => hits(candidate, target));
      if (entry === undefined) return null;
      entry.applied += 1;
      return entry.fault;
    },
    list: () => [...entries].map(([id, { fault, applied }]) => ({ ...fault, id, applied })),
    clear: () => entries.clear(),
  };
}
