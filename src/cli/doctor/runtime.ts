import { type Check, fine, warning } from './finding.ts'

/** Whether the process is what was tested, with no more powers than it needs. */
export const runtimeCheck: Check = {
  subject: 'runtime',
  examine: async () => [
    fine(`Node ${process.versions.node} on ${process.platform}-${process.arch}`),
    process.getuid?.() === 0
      ? warning(
          'Hearthkey runs as root',
          'Create a user for it (useradd --system hearthkey), give it the data and keys directories, and start it as that user.',
        )
      : fine('Hearthkey runs as an ordinary user'),
  ],
}
