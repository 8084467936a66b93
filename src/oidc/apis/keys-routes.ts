import { Hono } from 'hono'
import { AppError } from '../../errors/app-error.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { KeySnapshot } from '../../keyring/signing/key-set.ts'
import type { Soon } from '../../lib/soon.ts'
import { sendKeys } from '../jwks.ts'
import { apiId } from './api.ts'

interface ApiKeysDeps {
  readonly keys: () => Soon<Pick<KeySnapshot, 'apis'>>
}

/** The keys of one API alone: a token that another API's key signed does not validate by them. */
export function apiKeysRoutes({ keys }: ApiKeysDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  routes.get('/oauth/apis/:id/jwks', async (c) => {
    const id = c.req.param('id')
    const own = apiId.is(id) ? (await keys()).apis.get(apiId.toUuid(id)) : undefined
    if (!own) throw new AppError('not-found')
    return sendKeys(c, own.jwks)
  })
  return routes
}
