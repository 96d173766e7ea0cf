/** Opening the command palette, from a button or by ⌘K. */
import { useEffect } from 'react';

const OPEN = 'marquee:palette';

export function openPalette(): void {
  window.dispatchEvent(new Event(OPEN));
}

export function useOpenPalette(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      open();
    };
    window.addEventListener(OPEN, open);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener(OPEN, open);
      window.removeEventListener('keydown', onKey);
    };
  }, [open]);
}
