import { z } from 'zod'
import type { DatabaseTarget } from '../../db/connection.ts'
import { createPool } from '../../db/pool.ts'
import type { Log } from '../../lib/log.ts'
import { type Check, type Finding, fine, warning } from './finding.ts'

const failures = z.array(z.object({ reason: z.string(), count: z.number() }))

/** Whether letters leave: whoever waits for one tells nobody. */
export const mailCheck: Check = {
  subject: 'mail',
  examine: async ({ config: { mail }, target, log }) => {
    if (!mail.url)
      return [
        warning(
          'no mail server is configured: letters wait in the outbox, where hearthkey outbox shows them',
          'Set SMTP_URL and MAIL_FROM, and try them with hearthkey outbox test. On a host without mail, hand letters over.',
        ),
      ]
    const failed = await failedLately(target, log)
    return failed.length > 0 ? failed : [fine(`letters leave by ${mail.url.host}:${mail.url.port}`)]
  },
}

async function failedLately(target: DatabaseTarget, log: Log): Promise<Finding[]> {
  const pool = createPool(target, 'hearthkey_owner', { max: 1, log })
  try {
    const { rows } = await pool.query(
      `SELECT coalesce(last_error, 'unknown') AS reason, count(*)::int AS count FROM outbox
       WHERE last_error IS NOT NULL AND (state = 'queued' OR (state = 'failed' AND ended_at > now() - interval '7 days'))
       GROUP BY 1 ORDER BY 2 DESC`,
    )
    return failures
      .parse(rows)
      .map(({ reason, count }) =>
        warning(
          `letters of the last days that could not be delivered (${count}): ${reason}`,
          'hearthkey outbox list shows them; hearthkey outbox test says where it fails, and how to mend it.',
        ),
      )
  } finally {
    await pool.end()
  }
}
