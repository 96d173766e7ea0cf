/** Reads an embed's URL: `/embed/{operation}?token=...&theme=dark`; the elements add `#element`. */
import { cleanToken } from '../session/signInLink';
import { PREFIX } from '../prefix';

export interface EmbedUrl {
  readonly operation: string;
  readonly token: string;
  readonly theme: string | null;
  /** Whether an element made the frame, and will say more. */
  readonly isElement: boolean;
}

export function readEmbedUrl({ pathname, search, hash }: Pick<Location, 'pathname' | 'search' | 'hash'>): EmbedUrl {
  const [, operation = ''] = /^\/embed\/([^/]+)\/?$/.exec(pathname.slice(PREFIX.length)) ?? [];
  const query = new URLSearchParams(search);
  return {
    operation: decodeURIComponent(operation),
    token: cleanToken(query.get('token') ?? ''),
    theme: query.get('theme'),
    isElement: hash === '#element',
  };
}
