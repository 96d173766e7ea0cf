/** A part of the page whose code is a file of its own. What can't be loaded, or fails, says so; the rest of the page stays. */
import { CircleAlert, RotateCw } from 'lucide-react';
import { Component, type ReactNode, Suspense } from 'react';
import { t } from '../i18n/i18n';

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
    if (this.state.hasFailed) return <FailedPart />;
    return <Suspense fallback={this.props.fallback}>{this.props.children}</Suspense>;
  }
}

/** A server of a newer version no longer has the files that this page names: reloading brings the new page. */
function FailedPart() {
  return (
    <div role="alert" className="m-auto flex w-full max-w-lg flex-col items-start gap-3 rounded-lg bg-bad-soft p-4 text-sm">
      <p className="flex gap-2">
        <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
        {t('This part of the page could not be loaded.')}
      </p>
      <button type="button" className="control" onClick={() => { window.location.reload(); }}>
        <RotateCw className="size-4" aria-hidden />
        {t('Reload the page')}
      </button>
    </div>
  );
}
