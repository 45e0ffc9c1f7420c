import { useSyncExternalStore } from 'react';

/** As in `frame.css`: below this there is no room for a menu beside the page, nor for wide tables. */
const narrow = matchMedia('(max-width: 900px)');
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** True on a phone, or in a window as narrow as one. */
export const useNarrow = () => useMedia(narrow);

/** True where the reader has asked for a page on which nothing moves. */
export const useStillness = () => useMedia(still);

function useMedia(query: MediaQueryList): boolean {
  return useSyncExternalStore(
    (onChange) => {
      query.addEventListener('change', onChange);
      return () => query.removeEventListener('change', onChange);
    },
    () => query.matches,
  );
}
