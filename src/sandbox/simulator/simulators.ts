import { alipaySimulator } from './alipay/index.ts';
import { unionpaySimulator } from './unionpay/index.ts';
import { wechatSimulator } from './wechat/index.ts';

/** The gateways. */
export const simulators = {
  wechat: wechatSimulator,
  alipay: alipaySimulator,
  unionpay: unionpaySimulator,
};
