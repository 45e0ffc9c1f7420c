import { useSyncExternalStore } from 'react';

/** As in `frame.css`: below this width the menu is in a drawer, and tables become cards. */
const narrow = matchMedia('(max-width: 900px)');
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** True on a phone or in a narrow window. */
export const useNarrow = () => useMedia(narrow);

/** True if the user prefers reduced motion. */
export const useReducedMotion = () => useMedia(still);

function useMedia(query: MediaQueryList): boolean {
  return useSyncExternalStore(
    (onChange) => {
      query.addEventListener('change', onChange);
      return () => query.removeEventListener('change', onChange);
    },
    () => query.matches,
  );
}
