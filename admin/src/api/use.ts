/** What a person does to a page, of whatever kind. */
const DEEDS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];

/**
 * Tells requests that a person is behind from those that the page makes by itself, which must not keep a session from
 * ending when nobody is there any more. `page` is the window. Returns what goes with the next request: to open the page,
 * and to have done anything with it since the last request, is to use it.
 */
export function watchUse(page: EventTarget): () => Record<string, string> {
  let isUsed = true;
  for (const deed of DEEDS)
    page.addEventListener(
      deed,
      () => {
        isUsed = true;
      },
      { passive: true, capture: true },
    );
  return () => {
    const headers: Record<string, string> = isUsed ? {} : { 'x-background': '1' };
    isUsed = false;
    return headers;
  };
}
