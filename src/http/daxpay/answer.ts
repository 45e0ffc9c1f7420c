import type { OrderNumbers } from '../../order/outcomes.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import type { RawBody } from '../raw-body.ts';
import { shownTraceId } from '../trace-id.ts';
import { failure, invalid, type Result } from './answer/codes.ts';
import { dataOf } from './answer/content.ts';
import { type Answer, type Generation, unsignedAnswer } from './generations/generation.ts';
import { generationOf } from './generations/generations.ts';
import type { Operation, UseCases } from './operations.ts';
import { orElse } from './or-else.ts';
import { type Members, parseBody } from './request/body.ts';
import { type RememberNonce, replayOf } from './signing/replay.ts';
import type { SignSettings } from './signing/sign-type.ts';
import { isSigned, sign } from './signing/signing.ts';

/** Longer than the channel calls of one close take. */
const ANSWER_TIMEOUT_MS = 60_000;

/** Any other name could pass for a part of the string that is signed: its own end, and another member. */
const MEMBER_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export interface ApiSettings extends SignSettings {
  /** Where set, requests of 3.0 must name this merchant and this application. */
  mchNo?: string | null;
  appId?: string | null;
  /** False lets a request without a signature pass. One that is given must be right in any case. */
  signRequired: boolean;
  /** How far `reqTime` may be from our clock, either way; 0: any. */
  reqTimeToleranceS: number;
  /** Calls from one address, by its connection; 0 or absent: any number. Behind a proxy all share the proxy's. */
  rateLimitPerMinute?: number;
}

export interface ApiDeps extends UseCases {
  log: Logger;
  clock: Clock;
  settings: ApiSettings;
  rememberNonce: RememberNonce;
  /** How long a caller waits for an outcome; after that it is told that the work goes on. */
  answerTimeoutMs?: number;
  /** Hears of every call that was answered, after so many ms. */
  onAnswered?: (call: { operation: string; generation: string; code: number; ms: number }) => void;
}

export interface Call {
  path: string;
  body: RawBody;
  /** The other end of the connection. */
  socketIp: string;
  /** False: this client has called too often. */
  withinLimit: boolean;
  traceId: string;
}

/** How a request names its order; goes to the log. */
type Numbers = Partial<OrderNumbers>;

/**
 * Answers one call of the API, whatever it is: in the form of its generation and signed, once it is JSON with a
 * `reqTime`. Nothing happens before the signature, the names, the time, the parameters and the nonce have been found right, in
 * this order: a nonce or a signature is used up only by a request that is otherwise right. One log line a call. An operation that takes too long goes on after its answer.
 */
export async function answerCall<Wish extends Numbers>(
  deps: ApiDeps,
  operation: Operation<Wish>,
  call: Call,
): Promise<Answer> {
  const { path } = call;
  const traceId = shownTraceId(call.traceId);
  const log = deps.log.child({ operation: operation.name });
  const startedAt = performance.now();

  const body = parseBody(call.body);
  if (body.kind === 'unreadable') return answerUnsigned(body.message);
  const { members } = body;
  if (members.reqTime === undefined || members.reqTime === null) return answerUnsigned('reqTime 不能为空');

  const generation = generationOf({ path, members });
  if (!call.withinLimit) return answer(failure('operation_failed', '请求过于频繁'));
  const refusal = refuse(deps, generation, members);
  if (refusal !== null) return answer(refusal);
  const read = operation.read(members, generation);
  if (read.kind === 'wrong') return answer(read.result);
  const use = { members, purpose: operation.purposeOf(read.wish) };
  const replay = await replayOf(deps.rememberNonce, use, deps.settings.reqTimeToleranceS, log);
  if (replay !== null) return answer(invalid(replay));
  const { orderNo, bizOrderNo } = read.wish;
  const outcome = operation.run(deps, read.wish, call.socketIp).catch((err) => {
    log.error({ err: safeError(err), orderNo, bizOrderNo }, 'api call failed');
    return failure('unknown_error');
  });
  const timeoutMs = deps.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  return answer(await orElse(outcome, timeoutMs, failure('operation_processing')), { orderNo, bizOrderNo });

  function answer(result: Result, numbers: Numbers = {}): Answer {
    note(result, numbers, generation.name);
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
    note(result, {}, 'unknown');
    return unsignedAnswer(result, traceId);
  }
  function note({ code, message }: Result, numbers: Numbers, spokenTo: string): void {
    const ms = performance.now() - startedAt;
    log.info({ ...numbers, code, reason: message ?? undefined, ms: Math.round(ms) }, 'api call');
    deps.onAnswered?.({ operation: operation.name, generation: spokenTo, code, ms });
  }
}

/** Why a request is not looked at any further: its signature, then its names and its time. */
function refuse({ settings, clock }: ApiDeps, generation: Generation, members: Members): Result | null {
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
