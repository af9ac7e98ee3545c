// The payment on its way: one line of steps, one sentence that says what happens now, and a way on.

import { button, byId, el, link, redraw, setText, show } from '../dom'
import { duration, moment, shortAddress } from '../format'
import type { Step } from '../payment'
import { isOver, say, state, view } from '../state'
import { now } from '../clock'
import { downWords } from './status'

const STEPS = ['Confirm in your wallet', 'In a block', 'Seen by the gate']
const LONG_SECONDS = 60

/** How many of the steps are behind us. */
function passed(step: Step): number {
  switch (step.at) {
    case 'checking':
    case 'wallet':
    case 'approving':
      return 0
    case 'pending':
    case 'reorganised':
    case 'cancelled':
    case 'reverted':
      return 1
    case 'confirming':
    case 'gate':
      return 2
    case 'done':
      return 3
  }
}

function title(step: Step): string {
  switch (step.at) {
    case 'done':
      return 'Paid'
    case 'cancelled':
      return 'Payment cancelled'
    case 'reverted':
      return 'Payment refused'
    default:
      return 'Your payment'
  }
}

function text(step: Step): string {
  switch (step.at) {
    case 'checking':
      return 'Trying the payment out, without sending it…'
    case 'wallet':
      switch (step.what) {
        case 'permit':
          return 'Open your wallet and sign the permission for exactly this price. The payment is the next question.'
        case 'reset':
          return 'This token takes no new allowance while an old one is left. Open your wallet and take the old one back: allow 0. The new allowance and the payment are the next questions.'
        case 'approve':
          return 'Open your wallet and allow the shop to take exactly this price. The payment is the next question.'
        case 'pay':
          return 'Open your wallet and confirm the payment.'
      }
      break
    case 'approving':
      if (step.what === 'reset')
        return 'Waiting until the old allowance is taken back in a block. Then your wallet asks for the new one.'
      return 'Waiting until the allowance is in a block. Then your wallet asks for the payment itself.'
    case 'pending': {
      const waited = Math.max(0, Math.floor(now() - step.sent.sentAt))
      const sent = step.replaced ? 'Your wallet sent it again with another fee.' : 'Sent.'
      const long = waited >= LONG_SECONDS ? ' If it takes too long, your wallet can speed it up.' : ''
      const lost = step.known ? '' : ' Your wallet’s node does not know it yet.'
      return `${sent} Waiting for a block: ${duration(waited)} so far.${lost}${long} You may close this page and come back.`
    }
    case 'confirming':
      return `Confirmed ${step.confirmed} of ${step.of}. The gate lets the wallet in at ${step.of}.`
    case 'gate': {
      const down = downWords()
      return `Confirmed. Waiting for the gate to see it.${down ? ` ${down}` : ''}`
    }
    case 'reorganised':
      return 'The network replaced the block with your payment. It is normally included again within a minute; if it is not, nothing was paid. Waiting.'
    case 'done':
      return own(step.sent)
        ? `The gate has seen your payment. Your time ${step.until > now() ? 'ends' : 'ended'} at ${moment(step.until)}.`
        : `The gate has seen your payment. ${shortAddress(step.sent.account)} has time until ${moment(step.until)}: they open this page with that wallet and download the profile.`
    case 'cancelled':
      return 'Your wallet put another transaction in the place of this one. Nothing was bought.'
    case 'reverted':
      return step.why
  }
}

export function own(sent: { payer: string; account: string }): boolean {
  return sent.payer === sent.account
}

let announced: string | undefined

view(() => {
  const { step, gateway } = state
  show(byId('payment'), step !== undefined)
  if (!step || !gateway) {
    announced = undefined
    return
  }
  const behind = passed(step)
  setText(byId('payment-title'), title(step))
  show(byId('payment-steps'), step.at !== 'done')
  redraw(byId('payment-steps'), behind, () =>
    STEPS.map((name, i) =>
      el('li', { class: i < behind ? 'past' : '', 'aria-current': i === behind ? 'step' : undefined }, name),
    ),
  )
  setText(byId('payment-text'), text(step))
  const sent = 'sent' in step ? step.sent : undefined
  const facts: [string, Node | string][] = []
  if (sent) {
    const explorer = gateway.chain.explorer
    facts.push(['Bought', `${sent.title} for ${own(sent) ? 'this wallet' : sent.account}`], ['Price', sent.price])
    facts.push([
      'Transaction',
      el(
        'span',
        { class: 'mono' },
        explorer === undefined ? sent.hash : link(`${explorer}/tx/${sent.hash}`, sent.hash),
      ),
    ])
    if (step.at === 'done' && step.block !== undefined) facts.push(['Block', String(step.block)])
  }
  redraw(byId('payment-facts'), [sent, step.at === 'done'], () =>
    facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]),
  )
  const way = isOver(step) ? 'Close' : step.at === 'approving' ? 'Stop' : sent ? 'Stop watching' : undefined
  redraw(byId('payment-buttons'), [way], () => (way === undefined ? [] : [button(way, close, 'quiet')]))
  const news = `${step.at}${'what' in step ? step.what : ''}${step.at === 'confirming' ? step.confirmed : ''}`
  if (announced !== news) say(text(step))
  announced = news
})

let close: () => void

export function onClosePayment(action: () => void) {
  close = action
}
