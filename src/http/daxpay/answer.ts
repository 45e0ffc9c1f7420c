import type { OrderNumbers } from '../../order/outcomes.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import { resultOr } from '../../platform/timeout.ts';
import type { RawBody } from '../raw-body.ts';
import { shortTraceId } from '../trace-id.ts';
import { failure, invalid, type Result } from './answer/codes.ts';
import { dataOf } from './answer/content.ts';
import { type Answer, type Generation, unsignedAnswer } from './generations/generation.ts';
import { generationOf } from './generations/generations.ts';
import type { Operation, UseCases } from './operations.ts';
import { type Members, parseBody } from './request/body.ts';
import { type RememberNonce, replayOf } from './signing/replay.ts';
import type { SignSettings } from './signing/sign-type.ts';
import { isSigned, sign } from './signing/signing.ts';

/** Longer than the channel calls of one close take. */
const ANSWER_TIMEOUT_MS = 60_000;

/** Any other name could be confused with the signed string's delimiters, and pass for two members. */
const MEMBER_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export interface ApiSettings extends SignSettings {
  /** If set, requests of 3.0 must name this merchant and this application. */
  mchNo?: string | null;
  appId?: string | null;
  /** False admits requests without a signature. A signature that is given must always be valid. */
  signRequired: boolean;
  /** The largest difference between `reqTime` and our clock, in either direction; 0: unlimited. */
  reqTimeToleranceS: number;
  /** Calls per minute from one connection's address; 0 or absent: unlimited. Clients behind a proxy share its limit. */
  rateLimitPerMinute?: number;
}

export interface ApiDeps extends UseCases {
  log: Logger;
  clock: Clock;
  settings: ApiSettings;
  rememberNonce: RememberNonce;
  /** How long a caller waits for the outcome; after that it receives 'processing' while the operation continues. */
  answerTimeoutMs?: number;
  /** Called after each answered call, with its duration in ms. */
  onAnswered?: (call: { operation: string; generation: string; code: number; ms: number }) => void;
}

export interface Call {
  path: string;
  body: RawBody;
  /** The other end of the connection. */
  socketIp: string;
  /** False: this client exceeded its rate limit. */
  withinLimit: boolean;
  traceId: string;
}

/** The order numbers in a request, for the log. */
type Numbers = Partial<OrderNumbers>;

/**
 * Answers one API call: in the form of its generation and signed, if it is JSON with a `reqTime`. Checks the signature, the
 * names, the time, the parameters and the nonce, in this order, before the operation runs: only an otherwise valid request
 * uses up a nonce or signature. Writes one log line per call. After a timeout the operation continues.
 */
export async function answerCall<Params extends Numbers>(
  deps: ApiDeps,
  operation: Operation<Params>,
  call: Call,
): Promise<Answer> {
  const { path } = call;
  const traceId = shortTraceId(call.traceId);
  const log = deps.log.child({ operation: operation.name });
  const startedAt = performance.now();

  const body = parseBody(call.body);
  if (body.kind === 'unreadable') return answerUnsigned(body.message);
  const { members } = body;
  if (members.reqTime === undefined || members.reqTime === null) return answerUnsigned('reqTime 不能为空');

  const generation = generationOf({ path, members });
  if (!call.withinLimit) return answer(failure('operation_failed', '请求过于频繁'));
  const rejection = rejectionOf(deps, generation, members);
  if (rejection !== null) return answer(rejection);
  const read = operation.read(members, generation);
  if (read.kind === 'rejected') return answer(read.result);
  const params = read.value;
  const use = { members, purpose: operation.purposeOf(params) };
  const replay = await replayOf(deps.rememberNonce, use, deps.settings.reqTimeToleranceS, log);
  if (replay !== null) return answer(invalid(replay));
  const { orderNo, bizOrderNo } = params;
  const outcome = operation.run(deps, params, call.socketIp).catch((err) => {
    log.error({ err: safeError(err), orderNo, bizOrderNo }, 'api call failed');
    return failure('unknown_error');
  });
  const timeoutMs = deps.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  return answer(await resultOr(timeoutMs, outcome, failure('operation_processing')), {
    orderNo,
    bizOrderNo,
  });

  function answer(result: Result, numbers: Numbers = {}): Answer {
    record(result, numbers, generation.name);
    const { fields, units, dialect } = generation;
    const data = result.content === null ? null : dataOf(result.content, fields, units);
    const { code, message } = result;
    return generation.layOut(
      { code, message, data },
      { now: deps.clock.now(), traceId, sign: (signed) => sign(signed, deps.settings, dialect) },
    );
  }
  function answerUnsigned(detail: string): Answer {
    const result = invalid(detail);
    record(result, {}, 'unknown');
    return unsignedAnswer(result, traceId);
  }
  function record({ code, message }: Result, numbers: Numbers, generationName: string): void {
    const ms = performance.now() - startedAt;
    log.info({ ...numbers, code, reason: message ?? undefined, ms: Math.round(ms) }, 'api call');
    deps.onAnswered?.({ operation: operation.name, generation: generationName, code, ms });
  }
}

/** Why a request is rejected: its signature, its names or its time, checked in this order. Null: it is not. */
function rejectionOf({ settings, clock }: ApiDeps, generation: Generation, members: Members): Result | null {
  const { dialect, units } = generation;
  const unsigned = members.sign === undefined || members.sign === null || members.sign === '';
  if (unsigned ? settings.signRequired : !isSigned(members, settings, dialect)) return failure('sign_wrong');

  for (const name of ['mchNo', 'appId'] as const) {
    const ours = settings[name] ?? null;
    if (ours !== null && generation.namesApp && members[name] !== ours)
      return invalid(`${name} 与本服务配置的不一致`);
  }
  if (!Object.keys(members).every((name) => MEMBER_NAME.test(name)))
    return invalid('字段名只能由字母、数字和下划线组成，以字母开头，不超过 64 个字符');
  const reqTime = units.readReqTime(members.reqTime);
  if (reqTime === null) return invalid(`reqTime 必须是${units.reqTimeForm}`);
  const tolerance = settings.reqTimeToleranceS;
  const offByS = Math.abs(clock.now().getTime() / 1000 - reqTime);
  if (tolerance > 0 && offByS > tolerance) return invalid(`reqTime 与服务器时间相差超过 ${tolerance} 秒`);
  return null;
}
