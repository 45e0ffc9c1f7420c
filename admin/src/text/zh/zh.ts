import { actions } from './actions.ts';
import { common } from './common.ts';
import { pages } from './pages.ts';
import { words } from './words.ts';

export const zh = { common, words, actions, pages };

/** Every language has exactly these texts: one that is missing does not compile. */
export type Text = typeof zh;
