import { AppError } from '../../errors/app-error.ts'
import { defineCommand } from '../command.ts'
import { withPeople } from '../user/with-people.ts'

export const command = defineCommand({
  summary: 'print a new link that creates the first administrator; the one before stops working',
  build: (command, context) => {
    command.action(
      context.answers(() =>
        withPeople(context, 'setup-link', async ({ setup, by }) => {
          const link = await setup.issueLink(by)
          if (!link.ok) throw new AppError('setup-closed')
          const { url, expiresAt } = link.value
          const until = `It works once, until ${expiresAt.toISOString()}. Whoever opens it becomes the administrator.`
          return { text: `${url}\n\n${until}`, json: { url, expiresAt } }
        }),
      ),
    )
  },
})
