import type { Text } from '../zh/zh.ts';
import { actions } from './actions.ts';
import { common } from './common.ts';
import { pages } from './pages.ts';
import { words } from './words.ts';

export const en: Text = { common, words, actions, pages };
