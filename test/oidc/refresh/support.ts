import { inTransaction } from '../../../src/db/transaction.ts'
import { askToken, codeFor, type House, redeem } from '../support.ts'

export type Client = Awaited<ReturnType<House['addClient']>>
type Options = Parameters<typeof codeFor>[2]

/** All the way to the first refresh token. */
export async function firstToken(house: House, client: Client, options: Options = {}): Promise<string> {
  const { status, body } = await redeem(house, client, await codeFor(house, client, options))
  const token = body['refresh_token']
  if (token === undefined) throw new Error(`no refresh token: ${status} ${JSON.stringify(body)}`)
  return token
}

export const refreshing =
  (house: Pick<House, 'url'>, client: Parameters<typeof askToken>[1]) =>
  (token: string, more: Record<string, string> = {}) =>
    askToken(house, client, { grant_type: 'refresh_token', refresh_token: token, ...more })

export type Answer = Awaited<ReturnType<ReturnType<typeof refreshing>>>

/** The successor, or what it was refused with. */
export const outcomeOf = ({ status, body }: Answer): string =>
  status === 200 ? (body['refresh_token'] ?? 'none') : `${status} ${body['error']}`

export const REFUSED = '400 invalid_grant'

/** What is kept, of one kind; what was used most first. */
export const rowsOf = (house: House, kind: string) =>
  house.services.database.owner
    .selectFrom('oidc_artifacts')
    .select(['consumed_at', 'uses', 'session_id', 'expires_at'])
    .where('kind', '=', kind)
    .orderBy('uses', 'desc')
    .execute()

export const transaction = <T>(house: House, work: Parameters<typeof inTransaction<T>>[1]): Promise<T> =>
  inTransaction(house.services.database.app, work)
