import { defineCommand } from '../command.ts'
import { addDeliveryCommands } from '../webhook/deliveries.ts'
import { addEndpointCommands } from '../webhook/endpoints.ts'
import { addReplay } from '../webhook/replay.ts'
import { addSecretCommands } from '../webhook/secrets.ts'
import { addStandingCommands } from '../webhook/standing.ts'
import { addTest } from '../webhook/test.ts'

export const command = defineCommand({
  summary: 'who is told of events, by a request to an address of theirs',
  build: (command, context) => {
    addEndpointCommands(command, context)
    addSecretCommands(command, context)
    addStandingCommands(command, context)
    addDeliveryCommands(command, context)
    addReplay(command, context)
    addTest(command, context)
  },
})
