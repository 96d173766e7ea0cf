/** React hooks of Marquee, and its embedded panels and boards. */
export { type Followed, type HookOptions, useOperation, useOperationMutation, useRating, useSubscription, useViewing } from './hooks.js';
export { type BoardView, MarqueeBoard, type MarqueeBoardProps, MarqueePanel, type MarqueePanelProps, type PanelError, type PanelSelection } from './MarqueePanel.js';
export { MarqueeProvider, useClient } from './provider.js';
