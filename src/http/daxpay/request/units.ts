import { isLosslessNumber, LosslessNumber } from 'lossless-json';
import type { z } from 'zod';
import { fromBeijing, toBeijing } from '../../../channel/adapter/beijing-time.ts';
import type { AnswerUnits } from '../answer/content.ts';
import { amountFen, amountYuan, beijingTime, expiredTime } from './fields.ts';
import { fenToYuan } from './yuan.ts';

/** How a generation of DaxPay writes money and time, in requests and answers. */
export interface Units extends AnswerUnits {
  /** Money in a request, to fen. */
  amount: z.ZodType<number>;
  /** A time in a request. */
  time: z.ZodType<Date>;
  /** When a request was sent, epoch seconds; null if `reqTime` is invalid. */
  readReqTime(reqTime: unknown): number | null;
  /** The form of `reqTime`, for the error message. */
  reqTimeForm: string;
}

/** DaxPay 2.x: fen, and epoch seconds. */
export const fenAndSeconds: Units = {
  amount: amountFen,
  time: expiredTime,
  reqTimeForm: '秒级时间戳',
  readReqTime(reqTime) {
    const digits = isLosslessNumber(reqTime) ? reqTime.value : reqTime;
    return typeof digits === 'string' && /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  },
  writeAmount: (fen) => fen,
  writeTime: (time) => Math.floor(time.getTime() / 1000),
};

/** DaxPay 3.0: yuan as a JSON number, and `yyyy-MM-dd HH:mm:ss` in Beijing time. */
export const yuanAndBeijing: Units = {
  amount: amountYuan,
  time: beijingTime,
  reqTimeForm: ' yyyy-MM-dd HH:mm:ss 格式的北京时间',
  readReqTime(reqTime) {
    const time = typeof reqTime === 'string' ? fromBeijing(reqTime) : null;
    return time === null ? null : time.getTime() / 1000;
  },
  writeAmount: (fen) => new LosslessNumber(fenToYuan(fen)),
  writeTime: toBeijing,
};
