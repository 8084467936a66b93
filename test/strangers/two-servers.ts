import { z } from 'zod'
import { freePort } from '../support/free-port.ts'
import { type OperatorsPostgres, startOperatorsPostgres } from '../support/operators-postgres.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type WhenOver, withTheTest } from '../support/when-over.ts'
import { backWithCode, callback } from './code-flow.ts'
import { openHouse } from './house.ts'
import { settingsFile } from './settings-file.ts'

export interface SharedHouse {
  readonly postgres: OperatorsPostgres
  readonly servers: readonly RunningServer[]
  readonly house: Awaited<ReturnType<typeof openHouse>>
  /** What another server of the same instance is started with. */
  readonly settings: NodeJS.ProcessEnv
}

/** Fifty that ask at once all find a connection, however busy this machine is. */
export const patient = 'database: { connectionWait: 30s }\n'

/** Server processes over one database of an operator: the same keys and the same issuer, as behind a load balancer. */
export async function openShared(
  yaml: string,
  { count = 2, whenOver = withTheTest }: { count?: number; whenOver?: WhenOver } = {},
): Promise<SharedHouse> {
  const postgres = await startOperatorsPostgres()
  whenOver(() => postgres.stop())
  await postgres.sql('CREATE DATABASE hearthkey')
  await postgres.sql('CREATE ROLE operator LOGIN CREATEROLE PASSWORD $$pw$$', 'hearthkey')
  await postgres.sql('ALTER DATABASE hearthkey OWNER TO operator', 'hearthkey')
  const url = `postgres://operator:pw@127.0.0.1:${postgres.port}/hearthkey?sslrootcert=${postgres.authority}`
  const env = { DATABASE_URL: url, CONFIG_FILE: await settingsFile(patient + yaml, whenOver) }
  const house = await openHouse(env, whenOver)
  const settings = { ...env, ISSUER_URL: house.issuer }
  const servers = [house.server]
  while (servers.length < count) servers.push(await anotherServer({ house, settings }, whenOver))
  return { postgres, servers, house, settings }
}

export const anotherServer = async (
  { house, settings }: Pick<SharedHouse, 'house' | 'settings'>,
  whenOver: WhenOver = withTheTest,
): Promise<RunningServer> => startServer({ ...settings, PORT: String(await freePort()) }, house.server.home, whenOver)

const answered = z.looseObject({ refresh_token: z.string().optional(), error: z.string().optional() })

export interface Application {
  readonly clientId: string
  readonly clientSecret?: string | undefined
}

async function askToken(at: string, { clientId, clientSecret }: Application, form: Record<string, string>) {
  const answer = await fetch(`${at}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams(form),
  })
  return { status: answer.status, ...answered.parse(await answer.json()) }
}

/** The administrator signs in, and the application has the first refresh token of a family. */
export async function firstToken(house: SharedHouse['house'], application: Application): Promise<string> {
  const { back, verifier } = await backWithCode(house, application)
  const { refresh_token: token } = await askToken(house.server.url, application, {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code') ?? '',
    redirect_uri: callback,
    code_verifier: verifier,
  })
  if (token === undefined) throw new Error('no refresh token came')
  return token
}

/** The successor, or with what it was refused. Rejects where nobody answers. */
export async function refresh(at: string, application: Application, token: string): Promise<string> {
  const answer = await askToken(at, application, { grant_type: 'refresh_token', refresh_token: token })
  return answer.refresh_token ?? `${answer.status} ${answer.error}`
}
