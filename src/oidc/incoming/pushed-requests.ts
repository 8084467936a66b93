import { type Adapter, errors } from 'oidc-provider'

/** Of two browsers that come back with one pushed request, one gets an answer; the other hears of the request, not of a grant. */
export const ofPushedRequests = (usual: Adapter): Adapter => ({
  ...usual,
  consume: async (id) => {
    try {
      await usual.consume(id)
    } catch (error) {
      if (!(error instanceof errors.InvalidGrant)) throw error
      throw new errors.InvalidRequestUri('the pushed request was used before')
    }
  },
})
