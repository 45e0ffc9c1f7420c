import { LosslessNumber, parse } from 'lossless-json';
import type { PaymentOrder } from '../../../order/order.ts';
import { failure, type Result, success } from '../../daxpay/answer/codes.ts';
import { dataOf } from '../../daxpay/answer/content.ts';
import { noticeBody } from '../../daxpay/answer/notice-body.ts';
import type { Answer, Generation } from '../../daxpay/generations/generation.ts';
import type { Members } from '../../daxpay/request/body.ts';
import type { SignSettings } from '../../daxpay/signing/sign-type.ts';
import { sign } from '../../daxpay/signing/signing.ts';
import type { Content } from './answer-schema.ts';
import { ANSWERED_AT, exampleOrder, REQUESTED_AT } from './example-order.ts';

/** A public secret, used only to sign examples. */
export const exampleSigning: SignSettings = { signType: 'HMAC_SHA256', signSecret: '123456' };

const results = {
  nothing: success(),
  payable: success({ kind: 'payable', order: exampleOrder }),
  order: success({ kind: 'order', order: exampleOrder }),
  sync: success({
    kind: 'sync',
    synced: { kind: 'synced', channelStatus: 'pay_progress', order: exampleOrder, repaired: false },
  }),
} satisfies Record<Content, Result>;

/** A request, signed like a client of this generation. */
export function signedRequest({ units, dialect }: Generation, members: Members): Members {
  const time = units.writeTime(REQUESTED_AT);
  const reqTime = typeof time === 'number' ? new LosslessNumber(String(time)) : time;
  const timed = { ...members, reqTime };
  return { ...timed, sign: sign(timed, exampleSigning, dialect) };
}

export function successAnswer(generation: Generation, content: Content): Answer {
  return answer(generation, results[content]);
}

/** The notice to the merchant when the order is paid. */
export function noticeExample({ name }: Generation): unknown {
  const paid: PaymentOrder = {
    ...exampleOrder,
    apiGeneration: name,
    status: 'success',
    channelTradeNo: '4200002024051000000000000001',
    paidAt: ANSWERED_AT,
    attach: 'table 5',
  };
  return parse(noticeBody(paid, exampleSigning, ANSWERED_AT));
}

/** A failure that any operation may return. */
export function failureAnswer(generation: Generation): Answer {
  return answer(generation, failure('sign_wrong'));
}

function answer(generation: Generation, { code, message, content }: Result): Answer {
  const { fields, units, dialect } = generation;
  const data = content === null ? null : dataOf(content, fields, units);
  return generation.layOut(
    { code, message, data },
    {
      now: ANSWERED_AT,
      traceId: 'JQWKpAeCJGlX',
      sign: (members) => sign(members, exampleSigning, dialect),
    },
  );
}
