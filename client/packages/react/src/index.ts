/** React hooks of Marquee, and its embedded panel. */
export { type Followed, type HookOptions, useOperation, useOperationMutation, useRating, useSubscription, useViewing } from './hooks.js';
export { MarqueePanel, type MarqueePanelProps, type PanelError, type PanelSelection } from './MarqueePanel.js';
export { MarqueeProvider, useClient } from './provider.js';
