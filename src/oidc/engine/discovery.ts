import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Provider } from 'oidc-provider'
import { z } from 'zod'
import { sha256 } from '../../lib/hash.ts'

export interface Published {
  readonly body: string
  /** A strong entity tag, with its quotes. */
  readonly etag: string
}

/** The engine names its response modes by heart, also the one that it was not given. */
const modes = z.array(z.string()).transform((all) => all.filter((mode) => mode !== 'form_post'))

/** `none` is allowed to our own pages alone. */
const types = z.array(z.string()).transform((all) => all.filter((type) => type !== 'none'))

const document = z.looseObject({
  issuer: z.string(),
  response_modes_supported: modes,
  response_types_supported: types,
})

/** Asked of the engine itself, once: what it says it can do is what it does. */
export async function discoveryOf(provider: Provider): Promise<Published> {
  const issuer = new URL(provider.issuer)
  const incoming = new IncomingMessage(new Socket())
  incoming.method = 'GET'
  incoming.url = '/.well-known/openid-configuration'
  incoming.headers = { host: issuer.host, 'x-forwarded-proto': issuer.protocol.slice(0, -1) }
  const answer = document.parse(JSON.parse(await answered(provider, incoming)))
  const body = JSON.stringify(answer)
  return { body, etag: `"${sha256(body).toString('base64url')}"` }
}

function answered(provider: Provider, incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    class Answer extends ServerResponse {
      override end(chunk?: unknown): this {
        if (this.statusCode === 200) resolve(String(chunk))
        else reject(new Error(`the engine answered ${this.statusCode} for its discovery document`))
        return this
      }
    }
    provider.callback()(incoming, new Answer(incoming)).catch(reject)
  })
}
