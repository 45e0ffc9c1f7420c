import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { en } from '../text/en/en.ts';
import { type Language, languages, TextContext } from '../text/use-text.ts';
import { zh } from '../text/zh/zh.ts';

export interface Settings {
  language: Language;
  isDark: boolean;
  setLanguage(language: Language): void;
  setDark(isDark: boolean): void;
}

const texts = { zh, en };
const htmlLang = { zh: 'zh-CN', en: 'en' };
const SettingsContext = createContext<Settings | null>(null);

/** The user's settings; the browser's preferences by default. */
export function useSettings(): Settings {
  const settings = use(SettingsContext);
  if (settings === null) throw new Error('outside of SettingsProvider');
  return settings;
}

/** Keeps language and theme in `localStorage`, and applies them to the document. */
export function SettingsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(preferredLanguage);
  const [isDark, setDark] = useState(preferredDark);

  useEffect(() => {
    document.documentElement.lang = htmlLang[language];
    localStorage.setItem('language', language);
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    localStorage.setItem('theme', isDark ? 'dark' : 'light');
  }, [isDark]);

  const settings = useMemo(() => ({ language, isDark, setLanguage, setDark }), [language, isDark]);
  return (
    <SettingsContext value={settings}>
      <TextContext value={texts[language]}>{children}</TextContext>
    </SettingsContext>
  );
}

function preferredLanguage(): Language {
  const chosen = languages.find((language) => language === localStorage.getItem('language'));
  return chosen ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
}

function preferredDark(): boolean {
  const chosen = localStorage.getItem('theme');
  return chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}
