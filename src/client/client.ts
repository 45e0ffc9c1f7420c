/**
 * A typed client of DaxPay's unified-pay API, for Autoclose and for DaxPay itself, in four of its generations.
 * Depends only on Node.js. Shares no code with the server.
 */
import { randomUUID } from 'node:crypto';
import { protocolError } from './errors.ts';
import type { Generation, GenerationName, Opened } from './generations/generation.ts';
import { generations } from './generations/index.ts';
import { postJson } from './post.ts';
import { createMembers, reference } from './request.ts';
import { type SignSettings, type SignType, sign } from './signing/signing.ts';
import { verifyAnswer } from './signing/verify-answer.ts';
import { readSignedNotice } from './signing/verify-notice.ts';
import { isReceivedObject, type JsonObject, readJson, writeJson } from './values/json.ts';
import { assertAbout, readCreated, readOrder, readSync } from './values/read-data.ts';
import type {
  CallOptions,
  CreatedOrder,
  CreateRequest,
  Notice,
  OperationName,
  Order,
  OrderReference,
  Result,
  SyncStatus,
} from './vocabulary.ts';

export { AutocloseError, type AutocloseErrorKind } from './errors.ts';
export type { GenerationName } from './generations/generation.ts';
export type { SignType } from './signing/signing.ts';
export type * from './vocabulary.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_RES_TIME_TOLERANCE_S = 300;

export interface ClientOptions {
  /** The gateway's URL; the API's paths are appended. */
  baseUrl: string;
  signSecret: string;
  /** SM3 requires generation 3.0. */
  signType: SignType;
  /** Default: 2.0.8. */
  generation?: GenerationName;
  /** Merchant and application, sent in generation 3.0. */
  mchNo?: string;
  appId?: string;
  /** Timeout of a call, ms; default 10,000. */
  timeoutMs?: number;
  /** The largest difference between a signed answer's time and our clock, s; default 300. 0 accepts any time. */
  resTimeToleranceS?: number;
  /** Default: this machine's clock. */
  now?: () => Date;
  /** Default: Node's own. */
  fetch?: typeof globalThis.fetch;
}

/**
 * Every call returns the gateway's signed answer, success or refusal. It throws an AutocloseError if the outcome is unknown,
 * the reason of `signal` if the caller aborted it, and a TypeError for an invalid argument. Nothing is retried automatically.
 */
export interface Client {
  create(request: CreateRequest, options?: CallOptions): Promise<Result<CreatedOrder>>;
  /** Closes an unpaid order (关闭). */
  close(order: OrderReference, options?: CallOptions): Promise<Result>;
  /** Closes an unpaid order, refunds a paid one (撤销). Not supported in 2.0.5 and 2.0.6: 20082. */
  cancel(order: OrderReference, options?: CallOptions): Promise<Result>;
  /** Returns the gateway's order; the channel is not queried. */
  query(order: OrderReference, options?: CallOptions): Promise<Result<Order>>;
  /** Makes the gateway query the channel and correct its order. */
  sync(order: OrderReference, options?: CallOptions): Promise<Result<{ status: SyncStatus }>>;
  /**
   * Verifies and parses a notice's raw body, byte for byte as received, at most 64 KiB, of any age. Throws an AutocloseError.
   * Answer with `SUCCESS`.
   */
  verifyNotice(rawBody: string | Uint8Array): Notice;
}

/** Throws a TypeError for invalid options. */
export function createClient(options: ClientOptions): Client {
  const { signType, signSecret, timeoutMs = DEFAULT_TIMEOUT_MS, fetch = globalThis.fetch } = options;
  const { now = () => new Date(), resTimeToleranceS = DEFAULT_RES_TIME_TOLERANCE_S } = options;
  const generation = usableGeneration(options);
  const settings: SignSettings = { signType, signSecret };
  const baseUrl = options.baseUrl.replace(/\/+$/, '');

  async function call(
    name: OperationName,
    request: JsonObject,
    order: OrderReference,
    { signal }: CallOptions = {},
  ): Promise<Opened> {
    const path = generation.paths[name];
    if (path === null) return { ok: false, code: 20082, message: '不支持的操作' };
    const body = writeJson(signed({ ...request, ...generation.extras[name] }));
    const text = await postJson(`${baseUrl}${path}`, body, { fetch, timeoutMs, signal });
    const answer = readJson(text, generation.spellNumber);
    if (!isReceivedObject(answer)) throw protocolError('the answer is not a JSON object');
    const opened = generation.open(answer, (members) =>
      verifyAnswer(members, generation, settings, { now, resTimeToleranceS }),
    );
    if (opened.ok) assertAbout(opened.data, order);
    return opened;
  }

  function signed(request: JsonObject): JsonObject {
    const { sendsMerchant, sendsNonce } = generation;
    const members: JsonObject = {
      ...request,
      mchNo: (sendsMerchant && options.mchNo) || null,
      appId: (sendsMerchant && options.appId) || null,
      nonceStr: sendsNonce ? randomUUID().replaceAll('-', '') : null,
      reqTime: generation.writeTime(now()),
    };
    return { ...members, sign: sign(members, generation.signRule, settings) };
  }

  return {
    async create(request, callOptions) {
      const opened = await call('create', createMembers(request, generation), request, callOptions);
      return opened.ok ? { ok: true, ...readCreated(opened.data, request.bizOrderNo) } : opened;
    },
    async close(order, callOptions) {
      const opened = await call('close', reference('close', order, generation), order, callOptions);
      return opened.ok ? { ok: true } : opened;
    },
    async cancel(order, callOptions) {
      const opened = await call('cancel', reference('cancel', order, generation), order, callOptions);
      return opened.ok ? { ok: true } : opened;
    },
    async query(order, callOptions) {
      const opened = await call('query', reference('query', order, generation), order, callOptions);
      return opened.ok ? { ok: true, ...readOrder(opened.data, generation) } : opened;
    },
    async sync(order, callOptions) {
      const opened = await call('sync', reference('sync', order, generation), order, callOptions);
      return opened.ok ? { ok: true, ...readSync(opened.data) } : opened;
    },
    verifyNotice: (rawBody) => readSignedNotice(rawBody, generation, settings),
  };
}

function usableGeneration({
  generation = '2.0.8',
  resTimeToleranceS = DEFAULT_RES_TIME_TOLERANCE_S,
  signType,
  ...options
}: ClientOptions): Generation {
  const known = Object.hasOwn(generations, generation) ? generations[generation] : undefined;
  if (known === undefined) throw new TypeError('generation must be one of 2.0.5, 2.0.6, 2.0.8 and 3.0');
  if (!known.signTypes.includes(signType)) {
    throw new TypeError(`in generation ${generation} signType must be one of ${known.signTypes.join(', ')}`);
  }
  if (!(resTimeToleranceS >= 0)) throw new TypeError('resTimeToleranceS must be 0 or more seconds');
  if (options.signSecret === '') throw new TypeError('signSecret must not be empty');
  if (!/^https?:$/.test(new URL(options.baseUrl).protocol))
    throw new TypeError('baseUrl must be http or https');
  return known;
}
