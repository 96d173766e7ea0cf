/** The HTML that shows a panel in another site's page. */

export function embedSnippet(address: string, operation: string, token: string, title: string): string {
  const source = `${address}/embed/${encodeURIComponent(operation)}?token=${encodeURIComponent(token)}`;
  return `<iframe src="${escaped(source)}" title="${escaped(title)}" width="640" height="360" style="border: 0" loading="lazy"></iframe>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
