/** A part of the page whose code is a file of its own. What can't be loaded, or fails, says so; the rest of the page stays. */
import { Component, type ReactNode, Suspense } from 'react';
import { t } from '../i18n/i18n';
import { AlertNotice } from './Notice';

interface LazyPartProps {
  /** What is shown until the code is here. */
  readonly fallback: ReactNode;
  /** Another value tries again: the address, for a page. */
  readonly of?: string | undefined;
  readonly children: ReactNode;
}

interface LazyPartState {
  readonly hasFailed: boolean;
  readonly of: string | undefined;
}

// React catches errors of rendering by classes only.
export class LazyPart extends Component<LazyPartProps, LazyPartState> {
  override state: LazyPartState = { hasFailed: false, of: this.props.of };

  static getDerivedStateFromError(): Partial<LazyPartState> {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps({ of }: LazyPartProps, state: LazyPartState): LazyPartState | null {
    return of === state.of ? null : { hasFailed: false, of };
  }

  override render() {
    if (this.state.hasFailed) {
      // A server of a newer version no longer has the files that this page names: reloading brings the new page.
      return <AlertNotice message={t('This part of the page could not be loaded.')} action={t('Reload the page')} onAction={() => { window.location.reload(); }} />;
    }
    return <Suspense fallback={this.props.fallback}>{this.props.children}</Suspense>;
  }
}
