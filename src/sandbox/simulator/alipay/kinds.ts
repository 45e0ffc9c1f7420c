/** How an order came to Alipay, by the last words of the method's name. */
export type AlipayKind = 'precreate' | 'pay' | 'create' | LinkKind;

/** Orders that the merchant only signs: they reach Alipay when the customer opens the link. */
export type LinkKind = 'wap' | 'app' | 'page';
