// Starts the page: who is there, and what the buttons do.

import { get } from './api'
import type { Gateway } from './api'
import { openShop, resume, stopWatching } from './buying'
import { change } from './change'
import { byId } from './dom'
import { heard, listen, onGate } from './hearing'
import { store } from './kept'
import { lookWhere, rightChain } from './network'
import { dropPass, signOut } from './pass'
import { decimalsOf } from './payment'
import { Refusal } from './refusal'
import { forgetSignIn, openSession, readMine, signedIn } from './signing'
import { alert, draw, say, state } from './state'
import { onRevoke, onSignIn } from './views/account'
import { clearConnect, signsIn } from './views/connect'
import { onOwner } from './views/owner'
import './views/status'
import './views/time'
import { onWaiting } from './views/waiting'
import { chooseWallet, drawList, onWalletButton } from './views/wallet'
import { account, discover, wallets } from './wallet'
import type { Announced, Provider, Wallet } from './wallet'

const LAST_WALLET = 'hourgate.wallet'

// Who is there

function setWallet(wallet: Wallet | undefined) {
  if (wallet?.address === state.wallet?.address) return
  stopWatching()
  dropPass()
  clearConnect()
  const left = state.wallet
  Object.assign(state, {
    wallet,
    access: undefined,
    me: undefined,
    sessions: undefined,
    history: undefined,
    step: undefined,
    fee: undefined,
    chainId: undefined,
  })
  alert('')
  say(wallet ? 'Wallet connected.' : 'Wallet disconnected.')
  // In another tab another wallet may have signed in since.
  if (left && forgetSignIn(left.address)) signOut()
  draw()
  listen()
  if (!wallet) return
  store((storage) => storage.setItem(LAST_WALLET, wallet.announced.info.rdns))
  if (state.gateway) settleIn(wallet)
}

/** What can be found out about a wallet once the gate has said who it is. */
function settleIn(wallet: Wallet) {
  lookWhere(wallet.announced)
  if (signedIn() === wallet.address) void readMine()
  resume(wallet)
}

const listened = new WeakSet<Provider>()

/** The wallet tells when its account or chain changes. */
function hearken(announced: Announced) {
  const { provider } = announced
  if (listened.has(provider)) return
  listened.add(provider)
  provider.on?.('accountsChanged', (accounts: string[]) => {
    if (state.wallet?.announced.provider !== provider) return
    const { address } = state.wallet
    if (accounts?.[0]?.toLowerCase() === address.toLowerCase()) return
    // At once, before anything is asked: what is on the page belongs to somebody else now.
    setWallet(undefined)
    void account(announced, false).then(setWallet, () => {})
  })
  provider.on?.('chainChanged', () => {
    if (state.wallet?.announced.provider === provider) lookWhere(announced)
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

openShop(connectWallet)

onGate(() => {
  if (state.wallet) settleIn(state.wallet)
})

// The cookie opens one more kind of event.
const signInHere = (anew?: boolean) => openSession(listen, anew)

onSignIn(signInHere)
signsIn(signInHere)

onOwner(
  signInHere,
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
