import { AppError } from '../../errors/app-error.ts'
import type { Api } from '../apis/api.ts'
import type { Client } from '../clients/client.ts'
import type { Known } from '../known.ts'
import type { ApiKeys, Quotas } from '../ports.ts'
import { API_KEY_TYPE } from './api-key-grant.ts'

interface KeyIntrospectionDeps {
  readonly apiKeys: ApiKeys
  readonly quotas: Quotas
  readonly apis: Known<Api>
}

/** Undefined: it does not count, or not for whoever asks. */
export type IntrospectKey = (
  asker: Client,
  presented: string,
  from: { ip: string | undefined },
) => Promise<Record<string, unknown> | undefined>

/**
 * RFC 7662 for API keys: a service that was shown one asks what it is worth, at its own APIs and nowhere else. The key
 * itself is judged as at an exchange. `ip` is what the service says of its caller: it was not we who were called.
 */
export const keyIntrospection =
  ({ apiKeys, quotas, apis }: KeyIntrospectionDeps): IntrospectKey =>
  async (asker, presented, { ip }) => {
    const found = await apiKeys.verify(presented, { ip })
    if (!found.ok) return undefined
    const { id, owner, seat, roles, permissions, quota, expiresAt } = found.value
    const known = await Promise.all(
      asker.apis.map(async ({ audience, scopes }) => ({ scopes, api: await apis.find(audience) })),
    )
    const theirs = known.flatMap(({ api, scopes }) =>
      api && permissions[api.id]
        ? [
            {
              audience: api.audience,
              names: (permissions[api.id] ?? []).filter((name) => scopes === null || scopes.includes(name)),
            },
          ]
        : [],
    )
    if (asker.type !== 'confidential' || theirs.length === 0) return undefined
    const verdict = await quotas.take({ organisation: seat.organisation.id, key: id, quota })
    if (!verdict.ok) throw new AppError('too-many-requests', { retryAfter: verdict.retryAfterSeconds })
    const names = [...new Set(theirs.flatMap((one) => one.names))].sort()
    const [only, ...more] = theirs
    return {
      token_type: API_KEY_TYPE,
      sub: owner,
      aud: only && more.length === 0 ? only.audience : theirs.map(({ audience }) => audience),
      scope: names.join(' '),
      org_id: seat.organisation.id,
      org: seat.organisation.slug,
      roles: [...roles].sort(),
      permissions: names,
      api_key: id,
      quota: quotas.carried(quota, 'key'),
      ...(expiresAt && { exp: Math.floor(expiresAt.getTime() / 1000) }),
    }
  }
