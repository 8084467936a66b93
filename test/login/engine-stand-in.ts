import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { AppError } from '../../src/errors/app-error.ts'
import type { HttpEnv } from '../../src/http/env.ts'
import type { Id } from '../../src/lib/ids.ts'
import type { Interactions, PendingInteraction, SignedIn } from '../../src/login/ports.ts'

export const COOKIE = 'interaction'

type Ending = SignedIn | 'consented' | 'aborted' | Id<'org'>

export interface EngineStandIn extends Interactions {
  /** What `/oauth/authorize` would begin, for one browser. */
  begin(more?: Partial<PendingInteraction>): PendingInteraction
  /** The redirect was followed: the interaction is over. Answers what it ended in. */
  follow(uid: string): Ending | undefined
  expire(uid: string): void
  readonly signedInCalls: readonly { readonly uid: string; readonly result: SignedIn }[]
}

/**
 * The engine's side of the border, as small as its contract: one cookie for each interaction, whose name alone is not
 * enough; a result may be given until the redirect is followed; then there is nothing at the address any more.
 */
export function engineStandIn(): EngineStandIn {
  const open = new Map<string, { pending: PendingInteraction; result?: Ending }>()
  const signedInCalls: { uid: string; result: SignedIn }[] = []
  const of = (c: Context<HttpEnv>) => {
    const uid = getCookie(c, COOKIE)
    return uid === undefined ? undefined : open.get(uid)
  }
  const finish = (c: Context<HttpEnv>, result: Ending) => {
    const interaction = of(c)
    if (!interaction) throw new AppError('interaction-gone')
    interaction.result = result
    return Promise.resolve(c.redirect(`/oauth/authorize/${interaction.pending.uid}`, 303))
  }
  return {
    find: async (c) => of(c)?.pending,
    isOpen: async (c) => open.has(c.req.param('uid') ?? ''),
    signedIn: async (c, result) => {
      const answer = await finish(c, result)
      signedInCalls.push({ uid: of(c)?.pending.uid ?? '', result })
      return answer
    },
    consented: (c) => finish(c, 'consented'),
    chosen: (c, organisation) => finish(c, organisation),
    aborted: (c) => finish(c, 'aborted'),
    begin: (more = {}) => {
      const pending: PendingInteraction = {
        uid: randomBytes(16).toString('base64url'),
        prompt: 'login',
        client: { id: 'invoices', name: 'Invoices', firstParty: false, uri: 'https://invoices.example/' },
        redirectUri: 'https://invoices.example/callback',
        scopes: ['openid', 'email'],
        rules: [],
        fresh: false,
        expiresAt: new Date('2030-01-15T13:00:00Z'),
        ...(more.prompt === 'consent' && {
          consent: { asks: { scopes: more.scopes ?? ['openid', 'email'], claims: [], apis: [] } },
        }),
        ...more,
      }
      open.set(pending.uid, { pending })
      return pending
    },
    follow: (uid) => {
      const result = open.get(uid)?.result
      open.delete(uid)
      return result
    },
    expire: (uid) => void open.delete(uid),
    signedInCalls,
  }
}
