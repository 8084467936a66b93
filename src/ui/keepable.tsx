import type { Child } from 'hono/jsx'
import { keepScript } from './assets.ts'
import type { Translate } from './messages/translator.ts'

interface KeepableProps {
  readonly t: Translate
  readonly id: string
  readonly copy: string
  readonly download?: { readonly label: string; readonly fileName: string } | undefined
  readonly print?: string | undefined
  readonly children?: Child
}

/**
 * Something to take away: each `data-line` in it is a line. Without JavaScript it stands there to be read, marked and
 * printed; with it, buttons do that. Their place is kept where they come: nothing moves.
 */
export const Keepable = ({ t, id, copy, download, print, children }: KeepableProps) => (
  <div
    class="keepable"
    id={id}
    data-copy={copy}
    data-copied={t('keep.copied')}
    data-marked={t('keep.marked')}
    data-download={download?.label}
    data-file={download?.fileName}
    data-print={print}
  >
    {children}
    <div class="keep">
      <div class="keep-ways" />
      <p class="hint keep-said" role="status" />
    </div>
    <script type="module" src={keepScript.href} />
  </div>
)
