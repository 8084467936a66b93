import type { ServerResponse } from 'node:http'
import type { MiddlewareContext } from 'oidc-provider'

const empty = (holder: object): void => {
  for (const name of Object.keys(holder)) Reflect.set(holder, name, undefined)
}

/**
 * The engine defines `ctx.oidc` by a getter that is made for each request, and V8 keeps the definition of a getter among what
 * is old. All that it reaches (the whole request) outlives every quick collection, is copied twice on the way, and dies with
 * the next full one alone: 11 KB of each token. So once a request is over, what is left of it reaches nothing.
 */
export function letGoWhenOver(ctx: MiddlewareContext, outgoing: ServerResponse): void {
  const letGo = () => {
    const { oidc } = ctx
    if (oidc) empty(oidc)
    empty(ctx)
  }
  // Not in this very turn: where the connection broke, who listens for that may still ask what was answered.
  const soon = () => setImmediate(letGo)
  if (outgoing.closed) soon()
  else outgoing.once('close', soon)
}
