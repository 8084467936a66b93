import { en as account } from './areas/account.ts'
import { en as alerts } from './areas/alerts.ts'
import { en as applications } from './areas/applications.ts'
import { en as audit } from './areas/audit.ts'
import { en as devices } from './areas/devices.ts'
import { en as guard } from './areas/guard.ts'
import { en as license } from './areas/license.ts'
import { en as mail } from './areas/mail.ts'
import { en as newAccount } from './areas/new-account.ts'
import { en as organisations } from './areas/organisations.ts'
import { en as passkeys } from './areas/passkeys.ts'
import { en as passwords } from './areas/passwords.ts'
import { en as recovery } from './areas/recovery.ts'
import { en as registration } from './areas/registration.ts'
import { en as roles } from './areas/roles.ts'
import { en as secondFactors } from './areas/second-factors.ts'
import { en as security } from './areas/security.ts'
import { en as sessions } from './areas/sessions.ts'
import { en as signInSteps } from './areas/sign-in-steps.ts'
import { en as webhooks } from './areas/webhooks.ts'

/** English, and with it the list of all texts. `{name}` is a parameter. Texts of errors stand in the errors' catalogue. */
export const en = {
  'app.name': 'Hearthkey',
  'ago.now': 'just now',
  'page.languages': 'Language',
  'page.titleWithProblem': 'Problem: {title}',
  'form.problem': 'Please look at this again',

  'login.title': 'Sign in to continue to {client}',
  'login.email': 'E-mail address',
  'login.password': 'Password',
  'login.submit': 'Sign in',
  'login.cancel': 'Cancel',
  'login.recover': 'Forgot your password?',
  'login.register': 'Create an account',
  'login.organisation.title': 'Choose an organisation',
  'login.organisation.lead':
    'You are signed in as {account} and work for several organisations. Which one do you want to open {client} for?',
  'login.organisation.remembered': '{client} opens for the same one next time. You can change that in your account.',
  'login.newPassword.title': 'Choose a new password',
  'login.newPassword.lead':
    'Your password is right, but attackers find it too soon: it stands in a list of those that they try first, or it is too short with no second factor beside it. Choose another one to go on to {client}. Wherever else you are signed in, you will be signed out.',
  'login.newPassword.label': 'New password',
  'login.newPassword.submit': 'Save and go on',
  'login.error.mismatch': 'The e-mail address or the password is not right.',
  'login.error.over-tries': 'There were too many tries. Sign in again.',
  'login.error.over-time': 'That took too long. Sign in again.',
  'login.error.busy': 'Many people are signing in at this moment. Try again in a few seconds.',
  'login.error.email-missing': 'Enter your e-mail address.',
  'login.error.password-missing': 'Enter your password.',

  'gone.title': 'Please start again',
  'gone.why': 'This sign-in was finished already, waited too long, or began in another browser.',
  'gone.cure': 'Go back to the application and sign in again from there.',
  'gone.back': 'Back to {client}',

  'cookies.title': 'This sign-in cannot go on in this browser',
  'cookies.why':
    'A sign-in stays in the browser that began it, which a cookie tells from all others. This one sent none.',
  'cookies.otherBrowser': 'If the link began in another browser, or somebody sent it to you:',
  'cookies.otherBrowser.cure': 'Open the application in this one and sign in from there.',
  'cookies.off': 'If you began in this browser, it keeps no cookies for this page:',
  'cookies.off.cure': 'Allow cookies for {host}, then go back to the application and sign in again.',

  'setup.title': 'Create the first administrator',
  'setup.lead': 'This account runs {app}. More administrators can follow later.',
  'setup.name': 'Your name',
  'setup.email': 'E-mail address',
  'setup.password': 'Password',
  'setup.submit': 'Create administrator',
  'setup.error.name-missing': 'Enter your name.',
  'setup.error.name-invalid': 'Enter a name of at most 200 characters, on one line.',
  'setup.error.email-missing': 'Enter your e-mail address.',
  'setup.error.email-invalid': 'Enter an e-mail address like name@example.com.',
  'setup.error.email-taken': 'There is an account with this e-mail address already.',
  'setup.error.busy': 'The server is busy. Try again in a few seconds.',
  'setup.done.title': 'The first administrator is created',
  'setup.done.lead': 'The set-up link has done its work and opens nothing any more.',
  'setup.done.try': 'No application yet? This command starts a small one to try it with:',
  'setup.done.next': 'Sign in as {email} from any application that uses {app}.',
  'setup.dead.title': 'This set-up link opens nothing any more',
  'setup.dead.why': 'It was used, a newer one took its place, or it is too old.',
  'setup.dead.cure': 'As long as there is no administrator, this command on the server prints a new one:',

  'logout.title': 'Sign out?',
  'logout.lead':
    'This ends your session here. Applications that are open in other windows may ask you to sign in again.',
  'logout.leadFor': '{client} has asked to sign you out. This ends your session here, too.',
  'logout.submit': 'Sign out',
  'logout.stay': 'Stay signed in',
  'stayed.title': 'You have not been signed out',
  'stayed.lead': 'Nothing has changed here. You can close this page or go back to the application.',
  'formPost.title': 'One moment',
  'formPost.lead': 'You are on your way back to the application. If nothing happens, go on here.',
  'formPost.leadFor': 'You are on your way back to {client}. If nothing happens, go on here.',
  'formPost.submit': 'Go on',
  'loggedOut.title': 'You are signed out',
  'loggedOut.lead': 'Your session here has ended. You can close this page.',
  'loggedOut.again': 'Sign in again',
  'loggedOut.back': 'Back to {client}',

  'noMail.title': 'This service sends no mail',
  'noMail.lead': 'Ask whoever runs it for the link.',

  'landing.account': 'Your account',
  'landing.register': 'Create an account',
  'landing.title': 'One sign-in for your applications',
  'landing.lead': 'Open the application you want to use. When it needs to know who you are, it brings you here.',
  'landing.awaitsSetup':
    'There is no administrator yet. The log of the server shows the set-up link; this command prints a new one:',
  'landing.developers': 'For applications',
  'landing.discovery': 'OpenID Connect discovery',

  'error.code': 'Code',
  'error.request': 'Request',
  'error.forAdministrators': 'For administrators',
  'error.received': 'Received',
  'error.registered': 'Registered',
  'error.mendRedirect':
    'If the address that was received is your application’s own, correct it there, or register it with this command. Never register an address that you do not know.',
  ...account,
  ...alerts,
  ...audit,
  ...applications,
  ...devices,
  ...guard,
  ...license,
  ...mail,
  ...newAccount,
  ...organisations,
  ...passkeys,
  ...passwords,
  ...recovery,
  ...registration,
  ...roles,
  ...secondFactors,
  ...sessions,
  ...signInSteps,
  ...webhooks,
  ...security,
} as const
