/** What an element and its frame say to each other. Types only: neither loads the code of the other. */

/** The host page's colours and font that a panel takes over, without the `--marquee-` of their CSS variables. */
export type StyleName = 'accent' | 'background' | 'text' | 'muted' | 'line' | 'font';

export type Styles = Readonly<Partial<Record<StyleName, string>>>;

export interface PanelSettings {
  /** Those of the operation that the token does not fix. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly theme: 'light' | 'dark';
  readonly styles: Styles;
  /** How often to ask again, in seconds; 0 is never. */
  readonly refresh: number;
}

/** From the element to its frame. A token that is null says that there is no new one. */
export type HostMessage =
  | { readonly type: 'marquee:settings'; readonly settings: PanelSettings }
  | { readonly type: 'marquee:token'; readonly token: string | null };

/** From the frame to its element. Tokens never go this way. */
export type PanelMessage =
  | { readonly type: 'marquee:ready' }
  | { readonly type: 'marquee:height'; readonly height: number }
  | { readonly type: 'marquee:loaded' }
  | { readonly type: 'marquee:refused' }
  | { readonly type: 'marquee:error'; readonly code: string; readonly message: string }
  | { readonly type: 'marquee:select'; readonly dimension: string; readonly value: string };
