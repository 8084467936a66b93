import type { Child } from 'hono/jsx'

interface RecordProps {
  readonly id?: string
  readonly title: Child
  /** One word about it, set beside the title. */
  readonly badge?: Child
  readonly details: readonly Child[]
  /** What can be done with it: a form, or nothing. */
  readonly action?: Child
}

/** Things of one kind below each other, ruled like a ledger, each with what can be done about it at its end. */
export const Records = ({ children }: { readonly children?: Child }) => <ul class="records">{children}</ul>

export const Entry = ({ id, title, badge, details, action }: RecordProps) => (
  <li id={id}>
    <div class="record">
      <h3>
        {title}
        {badge === undefined ? null : <Badge>{badge}</Badge>}
      </h3>
      <p class="details">
        {details.map((detail, place) => (
          <span key={String(place)}>{detail}</span>
        ))}
      </p>
    </div>
    {action}
  </li>
)

/** Several, where there is more than one thing that can be done. */
export const Actions = ({ children }: { readonly children?: Child }) => <div class="record-actions">{children}</div>

export const Badge = ({ children }: { readonly children?: Child }) => <span class="badge">{children}</span>
