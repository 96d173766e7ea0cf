/** Copies an address that opens the playground with this question; who opens it asks with a token of their own. */
import { ToolbarButton, useGraphiQL } from '@graphiql/react';
import { Check, Link } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../i18n/i18n';
import { addressOf } from './sharedQuestion';

const SHOWN_MS = 2_000;

export function ShareButton() {
  const [isCopied, setCopied] = useState(false);
  const query = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);

  useEffect(() => {
    if (!isCopied) return;
    const timer = window.setTimeout(setCopied, SHOWN_MS, false);
    return () => { window.clearTimeout(timer); };
  }, [isCopied]);

  async function copy() {
    const address = addressOf(window.location, { query: query?.getValue() ?? '', variables: variables?.getValue() ?? '' });
    await navigator.clipboard.writeText(address);
    setCopied(true);
  }

  const Icon = isCopied ? Check : Link;
  return (
    <ToolbarButton label={isCopied ? t('Copied') : t('Copy link')} onClick={() => void copy()}>
      <Icon className="graphiql-toolbar-icon" aria-hidden />
    </ToolbarButton>
  );
}
