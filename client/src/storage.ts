/** What this browser remembers for the site. In a frame of another site, browsers may forbid even to look. */

export function stored(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}
