/** HTML that needs no escaping. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A template whose values are escaped unless they are Html. */
export function html(template: TemplateStringsArray, ...values: (string | Html)[]): Html {
  const texts = values.map((value) => (value instanceof Html ? value.text : escapeHtml(value)));
  return new Html(String.raw({ raw: template }, ...texts));
}

export function joined(parts: readonly Html[]): Html {
  return new Html(parts.map(({ text }) => text).join('\n'));
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
