import { defineCommand } from '../command.ts'
import { addHolderCommands } from '../license/holder-commands.ts'
import { addVendorCommands } from '../license/vendor-commands.ts'

export const command = defineCommand({
  summary: 'licences: make them, offline; install one, and see what it allows',
  build: (command, context) => {
    addVendorCommands(command, context)
    addHolderCommands(command, context)
  },
})
