/**
 * What an order of an embedding shop has for a notify URL: its notices go to a function of that shop's program
 * (`library/tell-shop.ts`), and over no network.
 */
export const CALLBACK_URL = 'callback:onChange';
