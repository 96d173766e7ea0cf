/** Reads what a frame says to its element; anything else is null. */
import type { PanelMessage } from './frameProtocol';

/** Pixels; a longer panel scrolls inside of its frame. */
const HIGHEST = 20_000;

export function readPanelMessage(data: unknown): PanelMessage | null {
  if (typeof data !== 'object' || data === null) return null;
  const { type, height, code, message, dimension, value } = data as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'marquee:ready':
    case 'marquee:loaded':
    case 'marquee:refused':
      return { type };
    case 'marquee:height':
      return typeof height === 'number' && height >= 0 && height <= HIGHEST ? { type, height } : null;
    case 'marquee:error':
      return typeof code === 'string' && typeof message === 'string' ? { type, code, message } : null;
    case 'marquee:select':
      return typeof dimension === 'string' && typeof value === 'string' ? { type, dimension, value } : null;
    default:
      return null;
  }
}
