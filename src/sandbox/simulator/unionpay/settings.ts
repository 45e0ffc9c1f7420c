export interface UnionpaySettings {
  /** What a query says of an unpaid order before its payTimeout: not found, or its `origRespCode`. */
  unionpayUnpaid: '34' | '05' | '86';
  /** And after it. DaxPay takes 39 for a timeout and 86 for a code that is invalid. */
  unionpayExpired: '34' | '39' | '86';
  /** How it says paid; A6 is a success with a flaw. */
  unionpayPaid: '00' | 'A6';
  /** A payment that has begun may end after the payTimeout (a bank's own page); its money goes back days later. */
  unionpayBankLate: boolean;
  /** An undo is accepted, and nothing comes of it. */
  unionpayUndoFails: boolean;
}

export const unionpaySettings: UnionpaySettings = {
  unionpayUnpaid: '34',
  unionpayExpired: '86',
  unionpayPaid: '00',
  unionpayBankLate: false,
  unionpayUndoFails: false,
};
