import type { Known } from '../known.ts'
import { type Client, plainClient, TOKEN_EXCHANGE } from './client.ts'

/** The self-service pages: an application of our own that asks who is there and gets no code, no token, no claim. */
export const ACCOUNT_CLIENT_ID = 'hearthkey-account'

/** In whose name a program exchanges an API key: the key says who it is, so it is anybody's to use. */
export const API_KEYS_CLIENT_ID = 'hearthkey-api-keys'

export const isOfApiKeys = (id: string): boolean => id === API_KEYS_CLIENT_ID

/** Their names are nobody else's, whoever asks first. */
export const isBuiltIn = (id: string): boolean => id === ACCOUNT_CLIENT_ID || isOfApiKeys(id)

export const accountRedirectUri = (issuer: string): string => `${issuer}/account/signed-in`

/** In no table: nobody lists it, changes where its answers go, or switches the door to their own account off. */
export const accountClient = (issuer: string): Client => ({
  id: ACCOUNT_CLIENT_ID,
  name: 'Hearthkey',
  ...plainClient,
  type: 'single-page',
  authMethod: 'none',
  uri: `${issuer}/account`,
  redirectUris: [accountRedirectUri(issuer)],
  postLogoutRedirectUris: [],
  grantTypes: [],
  firstParty: true,
  createdAt: new Date(0),
  disabledAt: null,
  apis: [],
  organisations: 'off',
  mfa: null,
  serviceAccount: null,
})

export const apiKeysClient = (issuer: string): Client => ({
  ...accountClient(issuer),
  id: API_KEYS_CLIENT_ID,
  name: 'API keys',
  redirectUris: [],
  grantTypes: [TOKEN_EXCHANGE],
})

export const withBuiltIn = (registered: Known<Client>, builtIn: readonly Client[]): Known<Client> => ({
  find: async (id) => builtIn.find((one) => one.id === id) ?? registered.find(id),
})
