// The wallet in the header, and the dialog that chooses one.

import { byId, el, redraw, setText, show } from '../dom'
import { shortAddress } from '../format'
import { run, state, view } from '../state'
import { account, wallets } from '../wallet'
import type { Announced, Wallet } from '../wallet'
import { Refusal } from '../refusal'

const dialog = byId<HTMLDialogElement>('wallets')
let chosen: ((wallet: Announced | undefined) => void) | undefined

view(() => {
  const { wallet } = state
  show(byId('wallet'), true)
  setText(byId('wallet-name'), wallet ? shortAddress(wallet.address) : '')
  byId('wallet-name').title = wallet?.address ?? ''
  setText(byId('wallet-button'), wallet ? 'Disconnect wallet' : 'Connect wallet')
})

/** Returns a connected wallet, asking which if there are several; undefined if the customer closes the dialog. */
export async function chooseWallet(): Promise<Wallet | undefined> {
  const announced = wallets.length === 1 ? wallets[0] : await askWhich()
  if (!announced) return undefined
  const wallet = await account(announced, true)
  if (!wallet) throw new Refusal('Your wallet is locked, or shows this page no account. Unlock it, then try again.')
  return wallet
}

function askWhich(): Promise<Announced | undefined> {
  drawList()
  dialog.showModal()
  return new Promise((resolve) => {
    chosen = resolve
  })
}

/** Also called when another wallet announces itself while the dialog is open. */
export function drawList() {
  show(byId('no-wallet'), wallets.length === 0)
  setText(byId('wallets-title'), wallets.length === 0 ? 'A wallet is needed to pay' : 'Choose a wallet')
  redraw(
    byId('wallet-list'),
    wallets.map((wallet) => wallet.info.uuid),
    () =>
      wallets.map((wallet) => {
        const { icon, name } = wallet.info
        const image = /^data:image\//.test(icon) ? el('img', { src: icon, alt: '', width: '32', height: '32' }) : null
        const choice = el('button', { type: 'button' }, image, name)
        choice.addEventListener('click', () => finish(wallet))
        return el('li', {}, choice)
      }),
  )
}

function finish(wallet: Announced | undefined) {
  const resolve = chosen
  chosen = undefined
  dialog.close()
  resolve?.(wallet)
}

dialog.addEventListener('close', () => finish(undefined))
byId('wallets-close').addEventListener('click', () => finish(undefined))
byId<HTMLAnchorElement>('metamask-link').href = `https://link.metamask.io/dapp/${location.host}${location.pathname}`

export function onWalletButton(connect: () => Promise<unknown>, forget: () => void) {
  const button = byId('wallet-button')
  button.addEventListener('click', () => {
    void run(button, async () => {
      if (state.wallet) forget()
      else await connect()
    })
  })
}
