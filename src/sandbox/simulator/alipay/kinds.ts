/** How an order was created at Alipay: the last part of the method's name. */
export type AlipayKind = 'precreate' | 'pay' | 'create' | LinkKind;

/** Orders that the merchant only signs. They reach Alipay when the customer opens the link. */
export type LinkKind = 'wap' | 'app' | 'page';
