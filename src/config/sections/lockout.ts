import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { lockoutSteps, MOST_FAILURES } from '../values/lockout-steps.ts'
import { wholeNumber } from '../values/number.ts'

export const lockout = section(
  z
    .strictObject({
      steps: setting(lockoutSteps().prefault('5:5m, 10:10m, 15:15m, 20:60m'), {
        about:
          'After how many failures in a row an account pauses for how long. From the last step on every failure is followed by its pause. A pause ends by itself; only a completed sign-in begins the count anew.',
        example: '3:1m, 6:15m, 10:60m',
      }),
      offAfter: setting(wholeNumber(5, MOST_FAILURES).prefault(MOST_FAILURES), {
        about:
          'After how many failures in a row the password (or the second factor) is off until it is reset or an administrator ends it. Steps from there on are never reached.',
        example: '50',
      }),
    })
    .readonly(),
  {
    title: 'Lockout',
    about:
      'What guessing at one account costs. Counted for known and unknown addresses alike; a browser in which somebody has signed in before has a count of its own, so that a stranger cannot lock them out.',
  },
)
