import type { MiddlewareContext } from 'oidc-provider'

/**
 * In two places the engine answers with a page of its own whose form a script sends, to have a session ended that
 * nobody needs to be asked about. Here it is ended at once, and the browser is sent where that form would have led.
 */
export async function withoutEnginePages(ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> {
  await next()
  const { oidc } = ctx
  if (!oidc?.session || ctx.status !== 200) return
  if ((oidc.route === 'resume' || oidc.route === 'device_resume') && isAnother(oidc)) {
    await oidc.session.destroy()
    sendTo(ctx, ctx.path)
  } else if (oidc.route === 'end_session' && !oidc.session.accountId) {
    sendTo(ctx, afterSignOut(oidc))
  }
}

type Oidc = NonNullable<MiddlewareContext['oidc']>

/** Somebody has proven who they are in a browser that somebody else is signed in to. */
function isAnother({ session, entities }: Oidc): boolean {
  const proven = entities.Interaction?.result?.login?.accountId
  return proven !== undefined && session?.accountId !== undefined && session.accountId !== proven
}

/** The engine has matched the address with the client's, or dropped it. */
function afterSignOut(oidc: Oidc): string {
  const { post_logout_redirect_uri: back, state } = oidc.params ?? {}
  if (typeof back !== 'string') return oidc.urlFor('end_session_success')
  const url = new URL(back)
  if (typeof state === 'string') url.searchParams.set('state', state)
  return url.href
}

function sendTo(ctx: MiddlewareContext, url: string): void {
  ctx.status = 303
  ctx.set('Location', url)
  ctx.body = ''
}
