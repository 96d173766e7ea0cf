/** The URL of a user's page. An id comes from the source and may contain any character. */

const PAGE = '/users/';

export function userUrl(id: string): string {
  return PAGE + encodeURIComponent(id);
}

/** The user whose page is at a path, or null for any other page. */
export function userAtPath(path: string): string | null {
  if (!path.startsWith(PAGE) || path === PAGE) return null;
  const id = path.slice(PAGE.length);
  try {
    return decodeURIComponent(id);
  } catch {
    // Typed by hand, with a literal percent sign.
    return id;
  }
}
