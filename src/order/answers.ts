/** The channel calls of an attempt. `none`: our own answer, because no call was possible. */
export const answeredCalls = ['query', 'close', 'cancel', 'refund', 'query_refund', 'none'] as const;

/** One call of an attempt and the channel's answer: for people, at most 200 characters, without secrets. */
export interface Answer {
  call: (typeof answeredCalls)[number];
  answer: string;
}

/** The calls of one attempt, in order. Empty: the channel was not called. */
export type Answers = readonly Answer[];

/** The last answer, for people. */
export function lastAnswer(answers: Answers): string {
  return answers.at(-1)?.answer ?? 'not called: the channel is not configured for this account';
}

/** The answers of a close record of any version. Before migration 11, they were in three columns. */
export function answersIn(record: {
  answers: Answers | null;
  queryBefore: string | null;
  closeAnswer: string | null;
  queryAfter: string | null;
}): Answers {
  if (record.answers !== null) return record.answers;
  const columns = [
    { call: 'query', answer: record.queryBefore },
    { call: 'close', answer: record.closeAnswer },
    { call: 'query', answer: record.queryAfter },
  ] as const;
  return columns.flatMap(({ call, answer }) => (answer === null ? [] : [{ call, answer }]));
}
