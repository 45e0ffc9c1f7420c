/** Decoded fields of a message, by name. */
export type Fields = Readonly<Record<string, string>>;

/**
 * Parses an answer's fields: `k=v&k=v`, not encoded; a value in braces may contain `&` and `=`. Null if the text is
 * malformed, or if a name occurs twice, because it is then unclear which value was signed.
 */
export function parseAnswer(text: string): Fields | null {
  const entries: [string, string][] = [];
  let open = '';
  for (const part of text.split('&')) {
    const field = open === '' ? part : `${open}&${part}`;
    const at = field.indexOf('=');
    if (at < 1) return null;
    const value = field.slice(at + 1);
    open = value.startsWith('{') && !value.endsWith('}') ? field : '';
    if (open === '') entries.push([field.slice(0, at), value]);
  }
  return open === '' ? withoutDoubles(entries) : null;
}

/** Parses a form's fields, as in notifications. Null in the same cases as `parseAnswer`. */
export function parseForm(text: string): Fields | null {
  return withoutDoubles([...new URLSearchParams(text)]);
}

function withoutDoubles(entries: [string, string][]): Fields | null {
  const fields = Object.fromEntries(entries);
  return Object.keys(fields).length === entries.length ? fields : null;
}
