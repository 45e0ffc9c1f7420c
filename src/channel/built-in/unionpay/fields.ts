/** A message's fields by name, decoded. */
export type Fields = Readonly<Record<string, string>>;

/**
 * The fields of an answer, `k=v&k=v` and not encoded; a value in braces may hold `&` and `=`. Null if it is no such
 * text, or has a name twice, because then nobody can say which was signed.
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

/** The fields of a form, as notifications are. Null like `parseAnswer`. */
export function parseForm(text: string): Fields | null {
  return withoutDoubles([...new URLSearchParams(text)]);
}

function withoutDoubles(entries: [string, string][]): Fields | null {
  const fields = Object.fromEntries(entries);
  return Object.keys(fields).length === entries.length ? fields : null;
}
