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

const allBut = (one: string) => z.array(z.string()).transform((all) => all.filter((other) => other !== one))

const document = z.looseObject({
  issuer: z.string(),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  /** `none` is allowed to our own pages alone. */
  response_types_supported: allBut('none'),
  /** It is the engine's to have, and refused. */
  response_modes_supported: allBut('fragment'),
})

/** Asked of the engine itself, once: what it says it can do is what it does. */
export async function discoveryOf(provider: Provider, beside: Readonly<Record<string, string>>): Promise<Published> {
  const issuer = new URL(provider.issuer)
  const incoming = new IncomingMessage(new Socket())
  incoming.method = 'GET'
  incoming.url = '/.well-known/openid-configuration'
  incoming.headers = { host: issuer.host, 'x-forwarded-proto': issuer.protocol.slice(0, -1) }
  const answer = document.parse(JSON.parse(await answered(provider, incoming)))
  // The engine would send its messages before it answers, once; ours go by the queue, so it does not know that there are any.
  const body = JSON.stringify({
    ...answer,
    ...sameElsewhere(answer),
    prompt_values_supported: ['none', 'login', 'consent'],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    ...beside,
  })
  return { body, etag: `"${sha256(body).toString('base64url')}"` }
}

/** RFC 8414 §2: where nothing is said of these two, they take a secret in a header alone; a client proves itself there as it does anywhere. */
const sameElsewhere = ({
  token_endpoint_auth_methods_supported: methods,
  token_endpoint_auth_signing_alg_values_supported: algorithms,
}: z.output<typeof document>) => ({
  introspection_endpoint_auth_methods_supported: methods,
  introspection_endpoint_auth_signing_alg_values_supported: algorithms,
  revocation_endpoint_auth_methods_supported: methods,
  revocation_endpoint_auth_signing_alg_values_supported: algorithms,
})

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
