/** The nonce that the server gave this answer: a style tag without it is not applied (CSP). */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/**
 * Gives the nonce to every style tag that this page's own scripts make. Ant Design passes it where it can be told, but
 * not where a dialogue keeps the page behind it from scrolling.
 */
export function giveStylesTheNonce(): void {
  const createElement = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = createElement(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}
