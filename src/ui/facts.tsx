import type { Child } from 'hono/jsx'

interface Fact {
  readonly label: string
  readonly value: Child
}

/** Labels and values, ruled like a ledger. */
export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <dl class="facts">
    {facts.map(({ label, value }) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

/** To be typed into a terminal. */
export const Command = ({ children }: { readonly children: string }) => (
  <code class="command" dir="ltr">
    {children}
  </code>
)

/** Text of machines, to be copied: read from left to right in every language. */
export const Code = ({ children }: { readonly children?: Child }) => <code dir="ltr">{children}</code>
