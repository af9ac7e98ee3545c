// Paying: from the button until the gate has seen it, or the wallet has left.

import type { Address } from 'viem'
import type { Offer } from './api'
import { byId } from './dom'
import { follow } from './follow'
import { duration } from './format'
import { readOffers } from './hearing'
import { forget, unfinished } from './kept'
import type { Sent } from './kept'
import { rightChain } from './network'
import { Payment } from './payment'
import type { Step } from './payment'
import { Refusal } from './refusal'
import { readMine } from './signing'
import { draw, isPaying, owns, state } from './state'
import { track } from './track'
import { ONE_AT_A_TIME, buyButton, onBuy } from './views/offers'
import { onClosePayment, own } from './views/payment'
import type { Wallet } from './wallet'

let connectWallet: () => Promise<Wallet | undefined>
let tracking: AbortController | undefined
let asking = false

/** @param connect gives the wallet, asking for it if need be */
export function openShop(connect: () => Promise<Wallet | undefined>) {
  connectWallet = connect
}

onBuy(async (offer, giftAccount) => {
  // Until the wallet is there and on the right chain, the other offers can still be pressed.
  if (asking) throw new Refusal('Open your wallet: it still has an open question there. Answer it, then try again.')
  asking = true
  try {
    await buy(offer, giftAccount)
  } finally {
    asking = false
  }
}, draw)

async function buy(offer: Offer, giftAccount: Address | undefined) {
  const { gateway } = state
  const wallet = await connectWallet()
  if (!wallet || !gateway || owns()) return
  // One that was on its way when this wallet was last here is found again only now.
  if (isPaying()) throw new Refusal(ONE_AT_A_TIME)
  const buyer = giftAccount ?? wallet.address
  if (buyer.toLowerCase() === gateway.owner?.toLowerCase()) {
    throw new Refusal('That wallet owns this shop: it can neither buy time nor be given any.')
  }
  await rightChain(wallet, gateway)
  tracking?.abort()
  const stop = new AbortController()
  tracking = stop
  const show = (step: Step) => {
    if (!stop.signal.aborted) showStep(wallet, step)
  }
  const payment = new Payment(wallet, gateway, offer, duration(offer.duration), buyer, show, stop.signal)
  let sent: Sent
  try {
    const sending = payment.send()
    await Promise.resolve()
    focus('payment-title')
    sent = await sending
  } catch (error) {
    if (tracking === stop) state.step = undefined
    void readOffers().catch(() => {})
    setTimeout(() => buyButton(offer)?.focus())
    throw error
  }
  // When the wallet has left meanwhile, it finds its payment when it is back.
  if (!stop.signal.aborted) void watch(wallet, sent)
}

function showStep(wallet: Wallet, step: Step) {
  if (state.wallet?.address !== wallet.address) return
  state.step = step
  draw()
}

async function watch(wallet: Wallet, sent: Sent) {
  tracking?.abort()
  const stop = new AbortController()
  tracking = stop
  let until: number | undefined
  const unfollowGift = own(sent) ? () => {} : follow(sent.account, { access: (access) => (until = access.paidUntil) })
  await track(
    sent,
    // What a wallet on another chain says of this payment is not about this payment.
    () => (state.chainId === sent.chainId ? wallet.announced.provider : undefined),
    () => (own(sent) ? state.access?.paidUntil : until),
    (step) => showStep(wallet, step),
    stop.signal,
  )
  unfollowGift()
  if (state.step?.at !== 'done') return
  if (own(sent)) {
    draw()
    setTimeout(() => focus('connect-title'))
  } else if (state.me) {
    // No event tells the payer: the time is another wallet's.
    void readMine()
  }
}

/** Finds the payment again that was on its way when this wallet was last here. */
export function resume(wallet: Wallet) {
  const { gateway } = state
  const sent =
    gateway && unfinished({ chainId: gateway.chainId, contract: gateway.contract as Address, payer: wallet.address })
  if (sent) void watch(wallet, sent)
}

onClosePayment(() => {
  tracking?.abort()
  if (state.step && 'sent' in state.step) forget(state.step.sent)
  state.step = undefined
  draw()
  focus('offers')
})

/** What is on its way goes on, and is found again. */
export function stopWatching() {
  tracking?.abort()
}

function focus(id: string) {
  byId(id).focus()
}
