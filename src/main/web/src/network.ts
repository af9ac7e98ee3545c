// Which network the wallet is on, and what that one takes for a payment.

import type { Gateway } from './api'
import { fee } from './payment'
import { Refusal } from './refusal'
import { draw, state } from './state'
import { WalletError, chainOf, switchChain, walletWords } from './wallet'
import type { Announced, Wallet } from './wallet'

/** What this wallet said where it is; one that has left meanwhile says nothing of the next. */
function onChain({ provider }: Announced, chainId: number) {
  if (state.wallet?.announced.provider !== provider) return
  state.chainId = chainId
  draw()
  if (chainId !== state.gateway?.chainId) return
  void fee(provider).then(
    (value) => {
      if (state.wallet?.announced.provider !== provider) return
      state.fee = value
      draw()
    },
    () => {},
  )
}

/** Looks where it is now. */
export function lookWhere(announced: Announced) {
  void chainOf(announced.provider).then(
    (chainId) => onChain(announced, chainId),
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
  const chainId = await chainOf(provider)
  onChain(wallet.announced, chainId)
  if (chainId !== gateway.chainId)
    throw new Refusal(`Your wallet is still on another network. Switch it to ${gateway.chain.name}.`)
}
