/** Events that show that a person is using the page. */
const ACTIVITY_EVENTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];

/**
 * Distinguishes requests made for a person from automatic ones, which must not extend the session when nobody is there.
 * `page` is the window. The returned function gives the headers for the next request; it counts as a person's if the page
 * was just opened, or used since the last request.
 */
export function trackActivity(page: EventTarget): () => Record<string, string> {
  let isActive = true;
  for (const event of ACTIVITY_EVENTS)
    page.addEventListener(
      event,
      () => {
        isActive = true;
      },
      { passive: true, capture: true },
    );
  return () => {
    const headers: Record<string, string> = isActive ? {} : { 'x-background': '1' };
    isActive = false;
    return headers;
  };
}
