// Starts the page: what the gate says, who is there, and what the buttons do.

import { Problem, get } from './api'
import type { Access, Gateway, Offer } from './api'
import type { Address } from 'viem'
import { now } from './clock'
import { change } from './change'
import { byId } from './dom'
import { follow } from './follow'
import { duration, moment } from './format'
import { forget, store, unfinished } from './kept'
import type { Sent } from './kept'
import { dropPass, history, me, signIn, signOut } from './pass'
import { Payment, decimalsOf, fee, track } from './payment'
import { Refusal } from './refusal'
import type { Step } from './payment'
import { alert, draw, owns, say, state } from './state'
import { account, chainOf, discover, switchChain, walletWords, wallets, WalletError } from './wallet'
import type { Announced, Provider, Wallet } from './wallet'
import { signsIn, clearConnect } from './views/connect'
import { onRevoke, onSignIn } from './views/account'
import { buyButton, onBuy } from './views/offers'
import { onOwner } from './views/owner'
import { onClosePayment, own } from './views/payment'
import './views/status'
import './views/time'
import { onWaiting } from './views/waiting'
import { chooseWallet, drawList, onWalletButton } from './views/wallet'

const LAST_WALLET = 'hourgate.wallet'
const SIGNED_IN = 'hourgate.signed-in'

/** The cookie's day, and some minutes less. */
const COOKIE_SECONDS = 23.9 * 3600

/** Longer than the gate remembers an answer about a wallet. */
const NEWER_MS = 2_000

let unfollow = () => {}
let tracking: AbortController | undefined

// What the gate says

function heard(gateway: Gateway) {
  const first = state.gateway === undefined
  state.gateway = gateway
  state.linked = true
  state.heardAt = now()
  state.downSince = gateway.ready ? undefined : (state.downSince ?? state.heardAt)
  draw()
  if (first && state.wallet) settleIn(state.wallet)
}

async function readOffers() {
  state.offers = await get<Offer[]>('/api/offers')
  draw()
}

function listen() {
  unfollow()
  const wallet = state.wallet?.address
  unfollow = follow(wallet, {
    gateway: heard,
    offers: (offers) => {
      state.offers = offers
      draw()
    },
    access: (access) => {
      if (isMine(access)) hear(access)
    },
    sessions: (sessions) => {
      if (state.me) state.me = { ...state.me, sessions }
      draw()
    },
    signedOut: () => {
      // What signed this page in may have been revoked.
      dropPass()
      state.me = undefined
      forgetSignIn(wallet)
      draw()
    },
    answering: (answering) => {
      state.linked = answering
      draw()
    },
    signedIn: () => state.me !== undefined,
  })
}

function isMine(access: Access): boolean {
  return access.wallet.toLowerCase() === state.wallet?.address.toLowerCase()
}

/** A stream begins with what the gate read up to a second ago, which may be older than what is known here. */
function hear(access: Access) {
  const known = state.access
  const less = known !== undefined && access.paidUntil < known.paidUntil
  if (!known || access.readAt > known.readAt || (access.readAt === known.readAt && !less)) {
    believe(access)
    return
  }
  // Then an answer that is newer for certain decides.
  setTimeout(() => {
    void get<Access>(`/api/access?wallet=${access.wallet}`).then(
      (newer) => {
        // Unless an event was quicker.
        if (isMine(newer) && newer.readAt >= (state.access?.readAt ?? 0)) believe(newer)
      },
      () => {},
    )
  }, NEWER_MS)
}

function believe(access: Access) {
  const before = state.access?.paidUntil ?? 0
  const changed = before !== access.paidUntil
  if (access.paidUntil < before && before > now()) {
    const left = access.paidUntil > now() ? `It now ends at ${moment(access.paidUntil)}.` : ''
    alert(
      `Time was taken back: the network replaced the block with your payment, or the seller refunded it. ${left}`.trim(),
    )
  }
  if (access.credentialsFrom > (state.access?.credentialsFrom ?? access.credentialsFrom)) {
    // What was made here until now was revoked, on this page or elsewhere.
    dropPass()
    clearConnect()
  }
  state.access = access
  if (changed && state.me) void readMine()
  draw()
}

// Who is there

function setWallet(wallet: Wallet | undefined) {
  if (wallet?.address === state.wallet?.address) return
  tracking?.abort()
  dropPass()
  clearConnect()
  const left = state.wallet
  Object.assign(state, {
    wallet,
    access: undefined,
    me: undefined,
    history: undefined,
    step: undefined,
    fee: undefined,
    chainId: undefined,
  })
  alert('')
  say(wallet ? 'Wallet connected.' : 'Wallet disconnected.')
  // In another tab another wallet may have signed in since.
  if (left && forgetSignIn(left.address)) void signOut().catch(() => {})
  draw()
  listen()
  if (!wallet) return
  store((storage) => storage.setItem(LAST_WALLET, wallet.announced.info.rdns))
  if (state.gateway) settleIn(wallet)
}

/** What can be found out about a wallet once the gate has said who it is. */
function settleIn(wallet: Wallet) {
  void chainOf(wallet.announced.provider).then(onChain, () => {})
  if (signedIn() === wallet.address) void readMine()
  resume(wallet)
}

function onChain(chainId: number) {
  state.chainId = chainId
  draw()
  const { wallet, gateway } = state
  if (!wallet || chainId !== gateway?.chainId) return
  void fee(wallet.announced.provider).then(
    (value) => {
      state.fee = value
      draw()
    },
    () => {},
  )
}

const listened = new WeakSet<Provider>()

/** The wallet tells when its account or chain changes. */
function hearken({ provider }: Announced) {
  if (listened.has(provider)) return
  listened.add(provider)
  provider.on?.('accountsChanged', (accounts: string[]) => {
    if (state.wallet?.announced.provider !== provider) return
    const { announced, address } = state.wallet
    if (accounts?.[0]?.toLowerCase() === address.toLowerCase()) return
    // At once, before anything is asked: what is on the page belongs to somebody else now.
    setWallet(undefined)
    void account(announced, false).then(setWallet, () => {})
  })
  provider.on?.('chainChanged', () => {
    if (state.wallet?.announced.provider === provider) void chainOf(provider).then(onChain, () => {})
  })
}

async function connectWallet(): Promise<Wallet | undefined> {
  if (state.wallet) return state.wallet
  const wallet = await chooseWallet()
  if (wallet) {
    hearken(wallet.announced)
    setWallet(wallet)
  }
  return wallet
}

onWaiting(connectWallet)

onWalletButton(connectWallet, () => {
  store((storage) => storage.removeItem(LAST_WALLET))
  setWallet(undefined)
})

// Paying

let paying = false

onBuy(async (offer, giftAccount) => {
  // Until the wallet is there and on the right chain, the other offers can still be pressed.
  if (paying) throw new Refusal('Open your wallet: it still has an open question there. Answer it, then try again.')
  paying = true
  try {
    await buy(offer, giftAccount)
  } finally {
    paying = false
  }
}, draw)

async function buy(offer: Offer, giftAccount: Address | undefined) {
  const { gateway } = state
  const wallet = await connectWallet()
  if (!wallet || !gateway || owns()) return
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

async function rightChain(wallet: Wallet, gateway: Gateway, needs = 'paying needs', nothing = 'Nothing was paid.') {
  const { provider } = wallet.announced
  if ((await chainOf(provider)) === gateway.chainId) return
  try {
    await switchChain(provider, gateway)
  } catch (error) {
    if (error instanceof WalletError) {
      throw new Refusal(walletWords(error, `Your wallet stays where it is: ${needs} ${gateway.chain.name}. ${nothing}`))
    }
    throw error
  }
  onChain(await chainOf(provider))
  if (state.chainId !== gateway.chainId)
    throw new Refusal(`Your wallet is still on another network. Switch it to ${gateway.chain.name}.`)
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
  if (state.step?.at === 'done' && own(sent)) {
    draw()
    setTimeout(() => focus('connect-title'))
  }
}

function resume(wallet: Wallet) {
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

function focus(id: string) {
  byId(id).focus()
}

// Signed in

/** Whose cookie there probably is: asking without one would leave a complaint on the console. */
function signedIn(): string | undefined {
  let hint: string | null = null
  store((storage) => (hint = storage.getItem(SIGNED_IN)))
  const [address, until] = String(hint).split(' ')
  return Number(until) > now() ? address : undefined
}

/** Whether it was this wallet that had signed in. */
function forgetSignIn(address: string | undefined): boolean {
  if (address === undefined || signedIn() !== address) return false
  store((storage) => storage.removeItem(SIGNED_IN))
  return true
}

async function openSession() {
  const { wallet } = state
  if (!wallet || state.me) return
  await signIn(wallet)
  if (state.wallet?.address !== wallet.address) {
    // The cookie is that of a wallet which left while it signed.
    void signOut().catch(() => {})
    return
  }
  store((storage) => storage.setItem(SIGNED_IN, `${wallet.address} ${Math.floor(now()) + COOKIE_SECONDS}`))
  await readMine()
  // The cookie opens one more kind of event.
  listen()
}

async function readMine() {
  try {
    // While the chain is out of reach the payments can not be read; all else can.
    const [mine, payments] = await Promise.all([me(), history().catch(() => undefined)])
    if (mine.wallet.toLowerCase() !== state.wallet?.address.toLowerCase()) return
    state.me = mine
    state.history = payments
  } catch (error) {
    // Whoever the gate has no time for just now is still signed in.
    if (error instanceof Problem && error.status !== 401) return
    state.me = undefined
    forgetSignIn(state.wallet?.address)
  }
  draw()
}

onSignIn(openSession)
signsIn(openSession)

onOwner(
  openSession,
  async (functionName, args) => {
    const { wallet, gateway } = state
    if (!wallet || !gateway) return
    await rightChain(wallet, gateway, 'the shop is on', 'Nothing was sent.')
    await change(wallet, gateway, functionName, args, () => state.wallet === wallet)
  },
  async (address) => {
    const { wallet, gateway } = state
    if (!wallet || !gateway) throw new Refusal('Your wallet has left.')
    await rightChain(wallet, gateway, 'the shop is on', 'Nothing was sent.')
    return decimalsOf(wallet.announced.provider, address)
  },
)

onRevoke(async () => {
  const { wallet, gateway } = state
  if (!wallet || !gateway) return
  await rightChain(wallet, gateway, 'revoking needs', 'Nothing was revoked.')
  const before = state.access?.credentialsFrom ?? 0
  const open = () => state.wallet === wallet && (state.access?.credentialsFrom ?? 0) <= before
  say('Open your wallet and confirm.')
  await change(wallet, gateway, 'revokeCredentials', [], open)
  while (open()) await new Promise((resolve) => setTimeout(resolve, 1000))
  if (state.wallet === wallet)
    alert('All profiles and passwords made so far are revoked. Download a new one when you need it.', 'good')
})

// Start

byId('no-script').remove()
setInterval(draw, 1000)
listen()
// Sooner than the events; without an answer these go on trying.
void get<Gateway>('/api/gateway').then(heard, () => {})
void discover(found).then(async () => {
  let last: string | null = null
  store((storage) => (last = storage.getItem(LAST_WALLET)))
  const announced = wallets.find((one) => one.info.rdns === last)
  if (announced && !state.wallet) {
    hearken(announced)
    const wallet = await account(announced, false).catch(() => undefined)
    if (wallet && !state.wallet) setWallet(wallet)
  }
})
draw()

function found() {
  if (byId<HTMLDialogElement>('wallets').open) drawList()
}
