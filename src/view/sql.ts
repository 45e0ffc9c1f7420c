/** A piece of SQL and the values of its question marks. */
export interface Sql {
  text: string;
  values: unknown[];
}

export const sql = (text: string, ...values: unknown[]): Sql => ({ text, values });

export function join(pieces: Sql[], separator: string): Sql {
  return {
    text: pieces.map(({ text }) => text).join(separator),
    values: pieces.flatMap(({ values }) => values),
  };
}

/** A conjunction of conditions; true if there are none. */
export function all(conditions: Sql[]): Sql {
  return conditions.length === 0 ? sql('TRUE') : join(conditions, ' AND ');
}
