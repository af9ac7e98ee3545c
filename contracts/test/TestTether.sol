// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SilentToken} from "./Tokens.sol";

/// @dev A token for the tests in Java, which have its bytecode: no permits, and a new allowance only after none, as USDT.
contract TestTether is SilentToken {
    string public constant symbol = "TUST";
    uint8 public constant decimals = 6;
}
