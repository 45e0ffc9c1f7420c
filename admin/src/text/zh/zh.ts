import { actions } from './actions.ts';
import { common } from './common.ts';
import { pages } from './pages.ts';
import { words } from './words.ts';

export const zh = { common, words, actions, pages };

/** Every language must have exactly these texts: a missing one does not compile. */
export type Text = typeof zh;
