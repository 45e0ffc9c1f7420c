/**
 * The notify URL of orders that an embedding shop creates: their notices go to a function of the shop's program
 * (`library/tell-shop.ts`) instead of the network.
 */
export const CALLBACK_URL = 'callback:onChange';
