/** The path below which a proxy serves Marquee, such as `/marquee`; '' at the root. The server writes it into each page. */
export const PREFIX = document.querySelector('meta[name="marquee-prefix"]')?.getAttribute('content') ?? '';

/** The server's address, as somebody outside of the browser writes it. */
export function serverAddress(): string {
  return window.location.origin + PREFIX;
}

/** The page's path within Marquee, which begins with a slash. */
export function currentPath(): string {
  return window.location.pathname.slice(PREFIX.length) || '/';
}
