/** What `JSON.stringify` makes the given type: the same, with moments still as Dates. */
export type Unsent<Sent> = Sent extends string
  ? string extends Sent
    ? Sent | Date
    : Sent
  : Sent extends object
    ? { [Field in keyof Sent]: Unsent<Sent[Field]> }
    : Sent;
