import * as oauth from 'oauth4webapi'
import { expect, it } from 'vitest'
import { TOKEN_EXCHANGE } from '../../../src/oidc/clients/client.ts'
import { ACCESS_TOKEN, payments, tokenOf, twoServices } from '../exchange/support.ts'
import { discovered, plain } from '../protocol/support.ts'
import { openHouse } from '../support.ts'
import { addDevice, letIn } from './support.ts'

it('a client that others wrote signs a device in, from discovery to the claims of its ID token', async () => {
  const house = await openHouse()
  const ada = await house.addPerson()
  const { id } = await addDevice(house)
  const as = await discovered(house)
  const client = { client_id: id }
  const auth = oauth.None()
  const begun = await oauth.processDeviceAuthorizationResponse(
    as,
    client,
    await oauth.deviceAuthorizationRequest(as, client, auth, { scope: 'openid profile' }, plain),
  )
  const ask = async () =>
    oauth.processDeviceCodeResponse(
      as,
      client,
      await oauth.deviceCodeGrantRequest(as, client, auth, begun.device_code, plain),
    )
  await expect(ask()).rejects.toMatchObject({ error: 'authorization_pending' })
  await letIn(house, begun.user_code)
  expect(oauth.getValidatedIdTokenClaims(await ask())).toMatchObject({ sub: ada.id, name: 'Ada Lovelace' })
})

it('a client that others wrote exchanges a token', async () => {
  const house = await openHouse()
  const { web, backEnd } = await twoServices(house)
  const as = await discovered(house)
  const client = { client_id: backEnd.id }
  const parameters = {
    subject_token: await tokenOf(house, web),
    subject_token_type: ACCESS_TOKEN,
    resource: payments,
  }
  const answer = await oauth.genericTokenEndpointRequest(
    as,
    client,
    oauth.ClientSecretBasic(backEnd.secret ?? ''),
    TOKEN_EXCHANGE,
    parameters,
    plain,
  )
  expect(await oauth.processGenericTokenEndpointResponse(as, client, answer)).toMatchObject({
    issued_token_type: ACCESS_TOKEN,
    token_type: 'bearer',
    scope: 'money:read',
  })
})
