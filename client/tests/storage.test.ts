/** A frame of another site may not even look at what this browser remembers: pages then begin with their defaults. */
import { afterEach, expect, it, vi } from 'vitest';
import { stored } from '../src/storage';

afterEach(() => { vi.unstubAllGlobals(); });

it('reads what is remembered', () => {
  window.localStorage.setItem('marquee.theme', 'dark');
  expect([stored('marquee.theme'), stored('marquee.nothing')]).toEqual(['dark', null]);
});

it('remembers nothing where looking is forbidden', () => {
  vi.stubGlobal('localStorage', { getItem: () => { throw new DOMException('Access is denied for this document.', 'SecurityError'); } });
  expect(stored('marquee.theme')).toBeNull();
});
