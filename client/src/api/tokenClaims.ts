/** What a token says of itself. The server checks it; here it is only read. */

export type Claims = Readonly<Record<string, unknown>>;

/** Empty for what is no JSON web token. */
export function claimsOf(token: string): Claims {
  try {
    const [, claims = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof read === 'object' && read !== null ? (read as Claims) : {};
  } catch {
    return {};
  }
}
