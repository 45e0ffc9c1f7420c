/** A code that the customer scans (主扫). */
export type UnionpayKind = 'c2b_qr';
