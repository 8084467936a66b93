import type { Child } from 'hono/jsx'

/** What a stranger is called: kept from turning the sentence around it, and shown in full, however long. */
export const Name = ({ children }: { readonly children?: Child }) => <bdi class="given">{children}</bdi>
