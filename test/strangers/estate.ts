import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK } from 'jose'
import { type CryptoKey, generateKeyPair } from 'oauth4webapi'
import { z } from 'zod'
import type { WhenOver } from '../support/when-over.ts'
import { callback } from './code-flow.ts'
import { type House, openHouse } from './house.ts'
import type { Person } from './person.ts'
import { settingsFile } from './settings-file.ts'

export const invoices = 'https://invoices.example/api'
export const payments = 'https://payments.example/api'

interface WithSecret {
  readonly clientId: string
  readonly clientSecret: string
}

/** What the wider protocol needs beside one client: two back ends, and clients that prove themselves in different ways. */
export interface Estate {
  readonly issuer: string
  /** The administrator, in one browser throughout. */
  readonly ada: Person
  /** Posts its secret; people sign in to it for the invoices, on a device too. */
  readonly web: WithSecret
  /** By the FAPI 2.0 profile: its key, pushed requests (which it signs), and tokens bound to a key. */
  readonly bank: { readonly clientId: string; readonly key: CryptoKey; readonly kid: string }
  /** Of the invoices; may call the payments in the name of people. */
  readonly backEnd: WithSecret
  /** For one application that registers itself. */
  readonly registrationToken: string
}

export async function openEstate(whenOver: WhenOver): Promise<Estate> {
  const CONFIG_FILE = await settingsFile('clients: { dynamicRegistration: token }\n', whenOver)
  const house = await openHouse({ CONFIG_FILE }, whenOver)
  const api = (audience: string, ...scopes: string[]) =>
    house.command(
      'api',
      'create',
      '--audience',
      audience,
      '--name',
      audience,
      ...scopes.flatMap((of) => ['--scope', of]),
    )
  await Promise.all([api(invoices, 'money:read', 'invoices:send'), api(payments, 'money:read', 'payments:make')])

  const client = (name: string, ...more: string[]) => house.createClient('--name', name, ...more)
  const people = ['--redirect-uri', callback, '--first-party']
  const grants = ['authorization_code', 'refresh_token', 'device_code'].flatMap((grant) => ['--grant', grant])
  const [web, backEnd, bank, token] = await Promise.all([
    client('Invoices', ...people, ...grants, '--auth-method', 'client_secret_post', '--api', invoices),
    client('Invoices, the back end', '--type', 'service', '--api', invoices, '--on-behalf', payments),
    bankOf(house),
    house.command('client', 'registration-token', 'create', '--name', 'Partner'),
  ])
  return {
    ...{ issuer: house.issuer, ada: house.person(), bank },
    ...{ web: withSecret.parse(web), backEnd: withSecret.parse(backEnd) },
    registrationToken: z.object({ token: z.string() }).parse(token).token,
  }
}

const withSecret = z.object({ clientId: z.string(), clientSecret: z.string() })
/** The profile wants https; nobody goes there. */
export const bankCallback = 'https://bank.example/callback'

async function bankOf(house: House): Promise<Estate['bank']> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const kid = 'one'
  const file = join(house.server.home, 'bank.jwks.json')
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'ES256' }
  await writeFile(file, JSON.stringify({ keys: [jwk] }))
  const { clientId } = await house.createClient(
    ...['--name', 'Bank', '--profile', 'fapi2', '--auth-method', 'private_key_jwt', '--jwks', file],
    ...['--token-binding', 'dpop', '--require-par', '--require-signed-request'],
    ...['--redirect-uri', bankCallback, '--first-party'],
  )
  return { clientId, key: privateKey, kid }
}
