/** The URLs of one user's and one film's page. An id comes from the source and may contain any character. */

export function userUrl(id: string): string {
  return `/users/${encodeURIComponent(id)}`;
}

export function filmUrl(id: string): string {
  return `/films/${encodeURIComponent(id)}`;
}

/** The id that a path names below a folder, or null for any other page. */
export function idAt(path: string, folder: '/users' | '/films' | '/boards' | '/alerts' | '/experiments'): string | null {
  const start = `${folder}/`;
  if (!path.startsWith(start) || path === start) return null;
  const id = path.slice(start.length);
  try {
    return decodeURIComponent(id);
  } catch {
    // Typed by hand, with a literal percent sign.
    return id;
  }
}
