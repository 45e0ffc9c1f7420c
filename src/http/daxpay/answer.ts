import type { OrderNumbers } from '../../order/outcomes.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { RawBody } from '../raw-body.ts';
import { type Members, parseBody } from './body.ts';
import { failure, invalid, type Result } from './codes.ts';
import { type Answer, type Generation, unsignedAnswer } from './generation.ts';
import { generation206 } from './generation-2-0-6.ts';
import type { Operation, UseCases } from './operations.ts';
import { isSigned, type SignSettings, sign } from './signing.ts';

/** Longer than the channel calls of one close take. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface ApiSettings extends SignSettings {
  /** False lets a request without a signature pass. One that is given must be right in any case. */
  signRequired: boolean;
  /** How far `reqTime` may be from our clock, either way; 0: any. */
  reqTimeToleranceS: number;
}

export interface ApiDeps extends UseCases {
  log: Logger;
  clock: Clock;
  settings: ApiSettings;
  /** How long a caller waits for an outcome; after that it is told that the work goes on. */
  answerTimeoutMs?: number;
}

export interface Call {
  body: RawBody;
  /** The other end of the connection. */
  socketIp: string;
  traceId: string;
}

/** The most particular first; the last recognises everything. */
const generations: readonly Generation[] = [generation206];

/** How a request names its order; goes to the log. */
type Numbers = Partial<OrderNumbers>;

/**
 * Answers one call of the API, whatever it is: in the form of its generation and signed, once it is JSON with a
 * `reqTime`. Nothing happens before the signature, the time and the parameters have been found right, in this
 * order. One log line a call. An operation that takes too long goes on after its answer.
 */
export async function answerCall<Wish extends Numbers>(
  deps: ApiDeps,
  operation: Operation<Wish>,
  call: Call,
): Promise<Answer> {
  const { traceId } = call;
  const log = deps.log.child({ traceId, operation: operation.name });
  const startedAt = performance.now();

  const body = parseBody(call.body);
  if (body.kind === 'unreadable') return answerUnsigned(body.message);
  const { members } = body;
  if (members.reqTime === undefined || members.reqTime === null) return answerUnsigned('reqTime 不能为空');

  const generation = generations.find((each) => each.recognises(members)) ?? generation206;
  const refusal = refuse(deps, generation, members);
  if (refusal !== null) return answer(refusal);
  const read = operation.read(members);
  if (read.kind === 'wrong') return answer(read.result);
  const { orderNo, bizOrderNo } = read.wish;
  const outcome = operation.run(deps, read.wish, call.socketIp).catch((err) => {
    log.error({ err, orderNo, bizOrderNo }, 'api call failed');
    return failure('unknown_error');
  });
  const timeoutMs = deps.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  return answer(await orElse(outcome, timeoutMs, failure('operation_processing')), { orderNo, bizOrderNo });

  function answer(result: Result, numbers: Numbers = {}): Answer {
    note(result, numbers);
    const resTime = Math.floor(deps.clock.now().getTime() / 1000);
    return generation.layOut(result, { resTime, traceId, sign: (signed) => sign(signed, deps.settings) });
  }
  function answerUnsigned(detail: string): Answer {
    const result = invalid(detail);
    note(result, {});
    return unsignedAnswer(result, traceId);
  }
  function note({ code, message }: Result, numbers: Numbers): void {
    const ms = Math.round(performance.now() - startedAt);
    log.info({ ...numbers, code, reason: message ?? undefined, ms }, 'api call');
  }
}

/** Why a request is not looked at any further: its signature, then its time. */
function refuse({ settings, clock }: ApiDeps, generation: Generation, members: Members): Result | null {
  const unsigned = members.sign === undefined || members.sign === null || members.sign === '';
  if (unsigned ? settings.signRequired : !isSigned(members, settings)) return failure('sign_wrong');

  const reqTime = generation.readReqTime(members.reqTime);
  if (reqTime === null) return invalid('reqTime 必须是秒级时间戳');
  const tolerance = settings.reqTimeToleranceS;
  const offByS = Math.abs(clock.now().getTime() / 1000 - reqTime);
  if (tolerance > 0 && offByS > tolerance) return invalid(`reqTime 与服务器时间相差超过 ${tolerance} 秒`);
  return null;
}

/** The outcome, or `late` if it takes longer than `ms`. */
async function orElse<T>(outcome: Promise<T>, ms: number, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, ms, late);
  });
  try {
    return await Promise.race([outcome, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
