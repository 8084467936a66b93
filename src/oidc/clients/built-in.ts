import type { Known } from '../known.ts'
import type { Client } from './client.ts'

/** The self-service pages: an application of our own that asks who is there and gets no code, no token, no claim. */
export const ACCOUNT_CLIENT_ID = 'hearthkey-account'

/** Its name is nobody else's, whoever asks first. */
export const isBuiltIn = (id: string): boolean => id === ACCOUNT_CLIENT_ID

export const accountRedirectUri = (issuer: string): string => `${issuer}/account/signed-in`

/** In no table: nobody lists it, changes where its answers go, or switches the door to their own account off. */
export const accountClient = (issuer: string): Client => ({
  id: ACCOUNT_CLIENT_ID,
  name: 'Hearthkey',
  type: 'public',
  uri: `${issuer}/account`,
  redirectUris: [accountRedirectUri(issuer)],
  postLogoutRedirectUris: [],
  grantTypes: [],
  firstParty: true,
  secretHash: null,
  createdAt: new Date(0),
  disabledAt: null,
  apis: [],
})

export const withBuiltIn = (registered: Known<Client>, builtIn: Client): Known<Client> => ({
  find: async (id) => (id === builtIn.id ? builtIn : registered.find(id)),
})
