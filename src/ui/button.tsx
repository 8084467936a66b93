import type { Child } from 'hono/jsx'

interface ButtonProps {
  readonly id: string
  readonly kind?: 'primary' | 'secondary' | 'quiet'
  readonly name?: string
  readonly value?: string
  /** What it is called where what stands on it says too little by itself. It holds that, too (WCAG 2.5.3). */
  readonly label?: string
  readonly children?: Child
}

export const Button = ({ id, kind = 'primary', name, value, label, children }: ButtonProps) => (
  <button id={id} class={`button button-${kind}`} type="submit" name={name} value={value} aria-label={label}>
    <span>{children}</span>
  </button>
)
