import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { addNonceToStyles } from './app/nonce.ts';
import './app/page.css';

addNonceToStyles();
const root = document.getElementById('page');
if (root !== null) createRoot(root).render(<App />);
