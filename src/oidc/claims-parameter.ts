import { type EngineContext, errors } from 'oidc-provider'
import { z } from 'zod'
import { isLevel, type Level } from '../factors/level.ts'

const acrWish = z
  .looseObject({
    essential: z.boolean().optional(),
    value: z.string().optional(),
    values: z.array(z.string()).optional(),
  })
  .nullable()

const parameter = z.looseObject({
  id_token: z.looseObject({ acr: acrWish.optional() }).optional(),
  userinfo: z.record(z.string(), z.unknown()).optional(),
})

/** Levels that a request asks for by name (OpenID Connect Core §5.5.1.1); those that we do not know are none. */
export interface AskedLevels {
  readonly known: readonly Level[]
  readonly essential: boolean
}

function levelsIn(claims: unknown): AskedLevels | undefined {
  const read = parameter.safeParse(claims)
  const acr = read.success ? read.data.id_token?.acr : undefined
  const named = acr && [acr.value ?? [], acr.values ?? []].flat()
  return named && named.length > 0 ? { known: named.filter(isLevel), essential: acr.essential === true } : undefined
}

export function askedLevels(params: Readonly<Record<string, unknown>> | undefined): AskedLevels | undefined {
  const claims = params?.['claims']
  if (typeof claims !== 'string') return undefined
  try {
    return levelsIn(JSON.parse(claims))
  } catch {
    return undefined
  }
}

/**
 * What the engine calls when it has read the parameter. Claims that we do not have are ignored, as OpenID Connect Core §5.5 wants it. A level that is
 * essential and that nobody here can reach is refused before anybody is asked anything: asked again it would be the same again.
 */
export async function assertClaimsWeHave(_: EngineContext, claims: unknown): Promise<void> {
  if (!parameter.safeParse(claims).success) throw new errors.InvalidRequest('the claims parameter is malformed')
  const asked = levelsIn(claims)
  if (asked?.essential && asked.known.length === 0)
    throw new errors.UnmetAuthenticationRequirements('the claims parameter asks for an acr that there is not')
}

export function namedAtUserinfo(claims: unknown): readonly string[] {
  const read = parameter.safeParse(claims)
  return Object.keys((read.success && read.data.userinfo) || {})
}
