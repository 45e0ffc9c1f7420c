import type { CloseRecord } from '../../../../src/order/store/entities.ts';
import type { Operation } from '../world/stepper.ts';

/** What a caller knows of a request that it has given up. */
export const GIVEN_UP = 'given up';

/** The attempts at one order, and what its channel has said in them: when it is idle each has to have its record (G8). */
export interface Ledger {
  /** The operation has taken the order's lease for its attempt of this number; says what is wrong with that. */
  began(operation: Operation, attempt: number): string[];
  /** In its attempt the operation asks its channel for a change. */
  asked(operation: Operation): void;
  /** The channel has answered. */
  received(what: 'query' | 'close', answer: Received): void;
  /** What is wrong with the order's records once it is idle. */
  judge(records: readonly CloseRecord[]): string[];
}

/** Breakers have opened meanwhile: the program's own words. */
const NOT_CALLED = 'not called: ';

type Received = { kind: string; answer: string };

/** What a query may say of an order that ends unpaid: nothing else ends it (G1, G5). */
const endings: ReadonlySet<string> = new Set(['closed', 'not_found']);

/** Attempts whose records say what the channel answered before and after a close. */
const closing: ReadonlySet<CloseRecord['closeType']> = new Set(['close', 'cancel', 'watch']);

/** The answer to the query after a close, if there was one. */
function answerAfter({ answers }: CloseRecord): string | undefined {
  const close = answers?.findIndex(({ call }) => call === 'close') ?? -1;
  return answers?.slice(close + 1).find(({ call }) => call === 'query')?.answer;
}

export function createLedger(): Ledger {
  const attempts = new Map<Operation, number>();
  const changes: { operation: Operation; attempt: number }[] = [];
  const said: ({ what: 'query' | 'close' } & Received)[] = [];
  let last = 0;

  function wasSaid(record: CloseRecord): boolean {
    const closeAnswer = record.answers?.find(({ call }) => call === 'close')?.answer;
    const queryAfter = answerAfter(record);
    if (!closing.has(record.closeType) || closeAnswer === undefined || queryAfter === undefined) return true;
    if (queryAfter === GIVEN_UP || queryAfter.startsWith(NOT_CALLED)) return true;
    const from = said.findIndex(({ what, answer }) => what === 'close' && answer === closeAnswer);
    return from < 0 || said.slice(from).some(({ what, answer }) => what === 'query' && answer === queryAfter);
  }

  /** The record of an end without a payment has a channel's answer that shows it. */
  function isEndedByWord({ outcome, statusBefore, answers }: CloseRecord): boolean {
    if (statusBefore !== 'progress' || (outcome !== 'closed' && outcome !== 'cancelled')) return true;
    const last = answers?.findLast(({ call }) => call === 'query')?.answer;
    return said.some(({ what, kind, answer }) => what === 'query' && endings.has(kind) && answer === last);
  }

  return {
    began(operation, attempt) {
      const wrong = attempt > last ? [] : [`attempt ${attempt} began after attempt ${last}`];
      last = Math.max(last, attempt);
      attempts.set(operation, attempt);
      return wrong;
    },
    asked(operation) {
      const attempt = attempts.get(operation);
      if (attempt !== undefined) changes.push({ operation, attempt });
    },
    received(what, { kind, answer }) {
      said.push({ what, kind, answer });
    },
    judge(records) {
      const numbers = new Set(records.map(({ attempt }) => attempt));
      // A process that was killed could leave none.
      const unrecorded = changes.filter(
        ({ operation, attempt }) => operation.isDone && !numbers.has(attempt),
      );
      return [
        ...new Set(unrecorded.map(({ attempt }) => `attempt ${attempt} left no record`)),
        ...records
          .filter((record) => !wasSaid(record))
          .map((record) => `a record has an answer after the close that was none: ${answerAfter(record)}`),
        ...records
          .filter((record) => !isEndedByWord(record))
          .map(
            ({ outcome, answers }) =>
              `${outcome} on an answer that does not say so: ${answers?.at(-1)?.answer}`,
          ),
      ];
    },
  };
}
