import { createContext, use } from 'react';
import { type Text, zh } from './zh/zh.ts';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

export const TextContext = createContext<Text>(zh);

/** The texts of the selected language. */
export function useText(): Text {
  return use(TextContext);
}

/** The word for a server's code; an unknown code is shown as it is. */
export function wordFor(words: Record<string, string>, code: string | null | undefined): string {
  if (code === null || code === undefined || code === '') return '–';
  return words[code] ?? code;
}
