import { AppError } from '../../errors/app-error.ts'
import { noteGuess } from '../../http/limits/guessed.ts'
import type { Api } from '../apis/api.ts'
import { rename } from '../apis/claim-names.ts'
import { type Client, isConfidential } from '../clients/client.ts'
import type { Known } from '../known.ts'
import type { ApiKeys, Quotas } from '../ports.ts'
import { currentUnit } from '../unit/units.ts'
import { API_KEY_TYPE } from './api-key-grant.ts'

interface KeyIntrospectionDeps {
  readonly apiKeys: ApiKeys
  readonly quotas: Quotas
  readonly apis: Known<Api>
}

interface Asked {
  /** Of whoever showed the key to the service. */
  readonly ip: string | undefined
  /** At which of its APIs. */
  readonly resource: string | undefined
}

/** Undefined: it does not count, or not for whoever asks. */
export type IntrospectKey = (
  asker: Client,
  presented: string,
  asked: Asked,
) => Promise<Record<string, unknown> | 'several' | undefined>

/**
 * RFC 7662 for API keys: a service that was shown one asks what it is worth, at one API of its own and nowhere else. The key
 * itself is judged as at an exchange. `ip` is what the service says of its caller: it was not we who were called.
 */
export const keyIntrospection =
  ({ apiKeys, quotas, apis }: KeyIntrospectionDeps): IntrospectKey =>
  async (asker, presented, { ip, resource }) => {
    // First: whoever may not ask finds nothing out, and uses nothing up.
    const granted = asker.apis.filter(({ audience }) => resource === undefined || audience === resource)
    if (!isConfidential(asker) || granted.length === 0) return undefined
    const found = await apiKeys.verify(presented, { ip })
    if (!found.ok) {
      noteGuess(currentUnit().exchange)
      return undefined
    }
    const { id, owner, seat, permissions, quota, expiresAt } = found.value
    const known = await Promise.all(
      granted.map(async ({ audience, scopes }) => ({ scopes, api: await apis.find(audience) })),
    )
    const [only, ...more] = known.flatMap(({ api, scopes }) => {
      const names = api && permissions[api.id]
      return names ? [{ api, names: names.filter((name) => scopes === null || scopes.includes(name)) }] : []
    })
    if (!only) return undefined
    // What the key may do at one of them, the other must not believe.
    if (more.length > 0) return 'several'
    const verdict = await quotas.take({ organisation: seat.organisation.id, key: id, quota })
    if (!verdict.ok) throw new AppError('too-many-requests', { retryAfter: verdict.retryAfterSeconds })
    const names = [...only.names].sort()
    const answer = {
      token_type: API_KEY_TYPE,
      sub: owner,
      aud: only.api.audience,
      scope: names.join(' '),
      org_id: seat.organisation.id,
      org: seat.organisation.slug,
      permissions: names,
      api_key: id,
      quota: quotas.carried(quota, 'key'),
      ...(expiresAt && { exp: Math.floor(expiresAt.getTime() / 1000) }),
    }
    return rename(answer, only.api.claimNames)
  }
