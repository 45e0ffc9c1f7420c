/** A value of this JSON type before `JSON.stringify`: strings may still be Dates. */
export type Unserialized<Sent> = Sent extends string
  ? string extends Sent
    ? Sent | Date
    : Sent
  : Sent extends object
    ? { [Field in keyof Sent]: Unserialized<Sent[Field]> }
    : Sent;

/** A value after `JSON.stringify`: Dates are strings. */
export type Serialized<Value> = Value extends Date
  ? string
  : Value extends object
    ? { [Field in keyof Value]: Serialized<Value[Field]> }
    : Value;
