// Which network the wallet is on, and what that one takes for a payment.

import type { Gateway } from './api'
import { fee } from './payment'
import { Refusal } from './refusal'
import { draw, state } from './state'
import { WalletError, chainOf, switchChain, walletWords } from './wallet'
import type { Wallet } from './wallet'

export function onChain(chainId: number) {
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

/** Asks the wallet to go to the gateway's network, if it is on another one. */
export async function rightChain(
  wallet: Wallet,
  gateway: Gateway,
  needs = 'paying needs',
  nothing = 'Nothing was paid.',
) {
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
