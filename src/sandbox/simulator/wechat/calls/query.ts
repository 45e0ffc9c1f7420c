import { toRfc3339 } from '../../format/beijing-time.ts';
import type { Answer } from '../../gateway/call.ts';
import { asOf, type Staleness } from '../../gateway/versioned.ts';
import { findWechatOrder } from '../orders.ts';
import { encryptResource } from '../protocol/aead.ts';
import { nowMs, type World } from '../world.ts';
import { orderNotExist, parameterError, refusal, success, transaction } from './answers.ts';
import { orderNoOfTransaction } from './refunds.ts';

/** `GET …/out-trade-no/{no}?mchid=`. An order past its time_expire is still NOTPAY (merchants' reports). */
export function queryOrder(
  world: World,
  orderNo: string,
  query: URLSearchParams,
  staleness: Staleness | null,
): Answer {
  const mchId = query.get('mchid');
  if (mchId === null) return parameterError('缺少mchid');
  if (mchId !== world.keys.wechat.mchId) return refusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  const now = nowMs(world);
  const entry = findWechatOrder(world.wechat, orderNo, now);
  const order = entry === null ? null : asOf(entry, now, staleness);
  return order === null ? orderNotExist() : success(transaction(order, world.keys.wechat));
}

/** `GET …/id/{transaction_id}?mchid=` */
export function queryTransaction(
  world: World,
  transactionId: string,
  query: URLSearchParams,
  staleness: Staleness | null,
): Answer {
  const orderNo = orderNoOfTransaction(world, transactionId);
  return orderNo === null ? orderNotExist() : queryOrder(world, orderNo, query, staleness);
}

/** `GET /v3/certificates`: encrypted with the APIv3 key, associated data "certificate". */
export function queryCertificates(world: World): Answer {
  const { serialNo, pem, notBefore, notAfter } = world.keys.wechat.certificate;
  return success({
    data: [
      {
        serial_no: serialNo,
        effective_time: toRfc3339(notBefore.getTime()),
        expire_time: toRfc3339(notAfter.getTime()),
        encrypt_certificate: encryptResource(world, pem, 'certificate'),
      },
    ],
  });
}
