import { type Context, Hono } from 'hono'
import { AppError } from '../../errors/app-error.ts'
import { sendCached } from '../../http/cached-bytes.ts'
import type { HttpEnv } from '../../http/env.ts'
import { sha256 } from '../../lib/hash.ts'
import { androidApp, type RelyingPartySettings } from './relying-party.ts'

type WellKnown = Pick<RelyingPartySettings, 'issuerUrl' | 'relatedOrigins' | 'androidApps' | 'iosApps'> & {
  /** Where people look after their passkeys. */
  readonly manage: `/${string}`
}

/**
 * What browsers, phones and password managers ask a site about its passkeys: where they are looked after, and which other
 * sites and apps are the same party's. Nothing is there that nobody has configured: an empty list would claim the question.
 */
export function passkeyRoutes(options: WellKnown): Hono<HttpEnv> {
  const { issuerUrl, relatedOrigins, androidApps, iosApps, manage } = options
  const page = new URL(manage, issuerUrl).href
  const routes = new Hono<HttpEnv>()
  const publish = (name: string, document: unknown) =>
    routes.get(`/.well-known/${name}`, (c) => {
      if (document === undefined) throw new AppError('not-found')
      return send(c, JSON.stringify(document))
    })
  publish('passkey-endpoints', { enroll: page, manage: page })
  // WebAuthn §5.11.1
  publish('webauthn', relatedOrigins.length > 0 ? { origins: relatedOrigins } : undefined)
  publish('assetlinks.json', androidApps.length > 0 ? androidApps.map(assetLink) : undefined)
  publish('apple-app-site-association', iosApps.length > 0 ? { webcredentials: { apps: iosApps } } : undefined)
  return routes
}

/** Android takes no passkey of a site from an app that may not open its links. */
const relation = ['delegate_permission/common.get_login_creds', 'delegate_permission/common.handle_all_urls']

function assetLink(text: string) {
  const { package: name, fingerprint } = androidApp(text)
  const spelt = fingerprint.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')
  return { relation, target: { namespace: 'android_app', package_name: name, sha256_cert_fingerprints: [spelt] } }
}

const send = (c: Context<HttpEnv>, body: string): Response =>
  sendCached(c, {
    body,
    etag: `"${sha256(body).toString('base64url').slice(0, 22)}"`,
    contentType: 'application/json',
    cacheControl: 'public, max-age=3600',
    headers: { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
  })
