import { createContext, use } from 'react';
import { type Text, zh } from './zh/zh.ts';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

export const TextContext = createContext<Text>(zh);

/** The texts of the language that is chosen. */
export function useText(): Text {
  return use(TextContext);
}

/** The word for a code of the server's; one that is not known yet is shown as it is. */
export function wordFor(words: Record<string, string>, code: string | null | undefined): string {
  if (code === null || code === undefined || code === '') return '–';
  return words[code] ?? code;
}
