/** React hooks of Marquee. */
export { type Followed, type HookOptions, useOperation, useOperationMutation, useRating, useSubscription, useViewing } from './hooks.js';
export { MarqueeProvider, useClient } from './provider.js';
