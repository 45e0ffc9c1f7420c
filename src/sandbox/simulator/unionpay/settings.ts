export interface UnionpaySettings {
  /** A query's answer for an unpaid order before its payTimeout: not found, or its `origRespCode`. */
  unionpayUnpaid: '34' | '05' | '86';
  /** The same after it. DaxPay treats 39 as a timeout and 86 as an invalid code. */
  unionpayExpired: '34' | '39' | '86';
  /** The code for paid; A6 is a success with a defect. */
  unionpayPaid: '00' | 'A6';
  /** A payment that has begun can complete after the payTimeout (on a bank's page); its money is returned days later. */
  unionpayBankLate: boolean;
  /** A void is accepted, but fails. */
  unionpayVoidFails: boolean;
}

export const unionpaySettings: UnionpaySettings = {
  unionpayUnpaid: '34',
  unionpayExpired: '86',
  unionpayPaid: '00',
  unionpayBankLate: false,
  unionpayVoidFails: false,
};
