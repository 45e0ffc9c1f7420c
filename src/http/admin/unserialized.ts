/** A value of this JSON type before `JSON.stringify`: strings may still be Dates. */
export type Unserialized<Sent> = Sent extends string
  ? string extends Sent
    ? Sent | Date
    : Sent
  : Sent extends object
    ? { [Field in keyof Sent]: Unserialized<Sent[Field]> }
    : Sent;
