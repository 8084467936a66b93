import type { Child } from 'hono/jsx'

interface AlertProps {
  readonly tone: 'notice' | 'danger'
  readonly id?: string
  readonly children?: Child
}

/** A danger is announced at once; a notice waits until the reader pauses. */
export const Alert = ({ tone, id, children }: AlertProps) => (
  <div id={id} class={`alert alert-${tone}`} role={tone === 'danger' ? 'alert' : 'status'}>
    {children}
  </div>
)
