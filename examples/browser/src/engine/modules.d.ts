/** Gives tfjs's ops their gradients: the page loads them when it trains. */
declare module 'virtual:tfjs-gradients';
