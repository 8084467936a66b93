import { z } from 'zod'
import { defineId, type Id } from '../../lib/ids.ts'

export const apiId = defineId('api')
export type ApiId = Id<'api'>

/** A resource server: who an access token is for. */
export interface Api {
  readonly id: ApiId
  /** What stands in `aud`, and what a client asks for with `resource`. */
  readonly audience: string
  readonly name: string
  readonly scopes: readonly string[]
  /** Seconds; null is the instance's setting. */
  readonly accessTokenTtl: number | null
  /** Its tokens are signed by keys of its own, which stand in a key set of its own. */
  readonly ownKeys: boolean
  /** Roles decide who gets which of its scopes: nobody has one that no role of theirs gives. */
  readonly byRole: boolean
}

/** RFC 6749 §3.3. */
export const scopeName = z.string().regex(/^[!#-[\]-~]{1,100}$/)
/** RFC 8707 §2: an absolute URI without a fragment. */
export const isAudience = (text: string): boolean =>
  /^[!-~]{1,500}$/.test(text) && URL.canParse(text) && !text.includes('#')
