/** The light or dark theme: the system's until the reader picks one, which is remembered. */
import { useSyncExternalStore } from 'react';
import { stored } from '../storage';

export type Theme = 'light' | 'dark';

const KEY = 'marquee.theme';
const CHANGED = 'marquee:theme';
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

function asTheme(text: string | null | undefined): Theme | null {
  return text === 'light' || text === 'dark' ? text : null;
}

function currentTheme(): Theme {
  return asTheme(document.documentElement.dataset.theme) ?? (darkSystem.matches ? 'dark' : 'light');
}

function show(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  window.dispatchEvent(new Event(CHANGED));
}

/** Called once, before the first render. An embed passes the theme from its URL. */
export function applyTheme(requested: string | null = null): void {
  const theme = asTheme(requested) ?? asTheme(stored(KEY));
  if (theme) show(theme);
}

export function chooseTheme(theme: Theme): void {
  window.localStorage.setItem(KEY, theme);
  show(theme);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener(CHANGED, onChange);
  darkSystem.addEventListener('change', onChange);
  return () => {
    window.removeEventListener(CHANGED, onChange);
    darkSystem.removeEventListener('change', onChange);
  };
}
