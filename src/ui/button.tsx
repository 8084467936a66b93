import type { Child } from 'hono/jsx'

interface ButtonProps {
  readonly id: string
  readonly kind?: 'primary' | 'secondary' | 'quiet'
  readonly name?: string
  readonly value?: string
  readonly children?: Child
}

export const Button = ({ id, kind = 'primary', name, value, children }: ButtonProps) => (
  <button id={id} class={`button button-${kind}`} type="submit" name={name} value={value}>
    <span>{children}</span>
  </button>
)
