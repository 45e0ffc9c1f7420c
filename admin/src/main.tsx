import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { giveStylesTheNonce } from './app/nonce.ts';
import './app/page.css';

giveStylesTheNonce();
const root = document.getElementById('page');
if (root !== null) createRoot(root).render(<App />);
