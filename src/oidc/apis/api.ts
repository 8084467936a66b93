import { z } from 'zod'
import type { SigningAlgorithm } from '../../keyring/signing/signing-key.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import type { ClaimNames } from './claim-names.ts'

export const apiId = defineId('api')
export type ApiId = Id<'api'>

/** Scope → language → what people read before they agree. */
export type ScopeWords = Readonly<Record<string, Readonly<Record<string, string>>>>

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
  /** With what its own keys sign; null is the instance's setting. */
  readonly algorithm: SigningAlgorithm | null
  /** Roles decide who gets which of its scopes: nobody has one that no role of theirs gives. */
  readonly byRole: boolean
  readonly claimNames: ClaimNames
  /** Otherwise it asks us what its bearer may do (introspection), or goes by roles and scope. */
  readonly carriesPermissions: boolean
  /** Tokens for which nobody named an API are for this one, where the client may have it. */
  readonly isDefault: boolean
  readonly scopeWords: ScopeWords
}

/** RFC 6749 §3.3. */
export const scopeName = z.string().regex(/^[!#-[\]-~]{1,100}$/)
/** RFC 8707 §2: an absolute URI without a fragment. */
export const isAudience = (text: string): boolean =>
  /^[!-~]{1,500}$/.test(text) && URL.canParse(text) && !text.includes('#')
