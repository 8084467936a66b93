import { expect, it } from 'vitest'
import { problemsOf } from '../config/surroundings.ts'

it.each(['accessToken', 'idToken'])('no %s outlives the key that signed it', (token) => {
  expect(problemsOf({ yaml: `tokens:\n  ${token}: 3h\nkeys:\n  longestTokenLifetime: 2h\n` })).toEqual([
    expect.stringContaining(`tokens.${token}: must not be longer than keys.longestTokenLifetime`),
  ])
  expect(problemsOf({ yaml: `tokens:\n  ${token}: 2h\nkeys:\n  longestTokenLifetime: 2h\n` })).toEqual([])
})
