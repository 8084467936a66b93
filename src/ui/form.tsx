import type { Child } from 'hono/jsx'

interface FormProps {
  /** A path of ours: a change is posted to our own origin, where the origin check guards it. */
  readonly action: `/${string}`
  readonly children?: Child
}

/** A form that changes something. It posts, always: a GET never changes state. */
export const Form = ({ action, children }: FormProps) => (
  <form method="post" action={action} accept-charset="utf-8">
    {children}
  </form>
)
