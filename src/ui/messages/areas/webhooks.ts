/** Texts about webhooks: English, and with it the list of keys. */
export const en = {
  'mail.webhookDisabled.ofOrganisation.subject': '{operator}: a webhook of {organisation} was disabled',
  'mail.webhookDisabled.subject': '{operator}: a webhook was disabled',
  'mail.webhookDisabled.title': 'A webhook was disabled',
  'mail.webhookDisabled.lead':
    'Its address took nothing of what it was sent for so long that we stopped, or said that it is gone. Of what happens from now on it is not told.',
  'mail.webhookDisabled.name': 'Webhook',
  'mail.webhookDisabled.id': 'ID',
  'mail.webhookDisabled.host': 'Address',
  'mail.webhookDisabled.cure':
    'Let whoever runs the receiver mend it, and have the webhook enabled again. Then what still waited for it is sent, and what happened meanwhile can be sent once more.',
  'mail.webhookDisabled.keeper': 'You are told because you look after the webhooks of this organisation.',
  'mail.webhookDisabled.keeperOfInstance':
    'You are told because you look after this service: on its host, `hearthkey webhook enable` with that ID switches it on.',
} as const

export const de: Record<keyof typeof en, string> = {
  'mail.webhookDisabled.ofOrganisation.subject': '{operator}: Webhook von {organisation} abgeschaltet',
  'mail.webhookDisabled.subject': '{operator}: ein Webhook wurde abgeschaltet',
  'mail.webhookDisabled.title': 'Ein Webhook wurde abgeschaltet',
  'mail.webhookDisabled.lead':
    'Seine Adresse hat so lange nichts angenommen, dass wir aufgehört haben, oder sie hat gesagt, dass es sie nicht mehr gibt. Was von jetzt an geschieht, erfährt sie nicht.',
  'mail.webhookDisabled.name': 'Webhook',
  'mail.webhookDisabled.id': 'ID',
  'mail.webhookDisabled.host': 'Adresse',
  'mail.webhookDisabled.cure':
    'Wer den Empfänger betreibt, bringt ihn in Ordnung; danach lassen Sie den Webhook wieder einschalten. Dann wird gesendet, was noch wartet, und was inzwischen geschehen ist, lässt sich noch einmal senden.',
  'mail.webhookDisabled.keeper': 'Sie erfahren davon, weil Sie die Webhooks dieser Organisation verwalten.',
  'mail.webhookDisabled.keeperOfInstance':
    'Sie erfahren davon, weil Sie diesen Dienst verwalten: auf seinem Rechner schaltet `hearthkey webhook enable` mit dieser ID ihn ein.',
}
