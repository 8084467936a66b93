import type { Child } from 'hono/jsx'
import type { Translate } from './messages/translator.ts'

interface FormProps {
  readonly t: Translate
  readonly id: string
  /** A path of ours: a change is posted to our own origin, where the origin check guards it. */
  readonly action: `/${string}`
  readonly children?: Child
}

/**
 * A form that changes something. It posts, always: a GET never changes state. `novalidate`, because our own words about a
 * mistake stay on the page, in the page's language, tied to their field; a browser's bubble does none of that.
 */
export const Form = ({ t, id, action, children }: FormProps) => (
  <form id={id} class="form" method="post" action={t.carry(action)} accept-charset="utf-8" novalidate>
    {children}
  </form>
)
