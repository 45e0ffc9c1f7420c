/** The nonce of this response: style tags without it are not applied (CSP). */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/**
 * Adds the nonce to every style tag that the page's scripts create. Ant Design does so itself, except for the style that
 * keeps the page from scrolling behind a dialog.
 */
export function addNonceToStyles(): void {
  const createElement = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = createElement(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}
