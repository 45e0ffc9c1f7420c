/** A new object with only these fields of `object`. */
export function pick<Source, Field extends keyof Source>(
  object: Source,
  fields: readonly Field[],
): Pick<Source, Field> {
  return Object.fromEntries(fields.map((field) => [field, object[field]])) as Pick<Source, Field>;
}
