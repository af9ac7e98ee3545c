// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev As the standards say, with permits.
contract PlainToken is ERC20Permit {
    constructor() ERC20("Test", "TEST") ERC20Permit("Test") {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function set(address account, uint256 balance) external {
        _burn(account, balanceOf(account));
        _mint(account, balance);
    }
}

/// @dev Keeps a part of each transfer, as USDT can be told to; or, told so, delivers too much.
contract FeeToken is PlainToken {
    int256 public fee;

    function setFee(int256 fee_) external {
        fee = fee_;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == address(0) || to == address(0)) return;
        if (fee > 0) _burn(to, Math.min(uint256(fee), value));
        else _mint(to, uint256(-fee));
    }
}

/// @dev Counts in shares of a changing whole, as staked ether does: balances change without a transfer.
contract RebasingToken is PlainToken {
    uint256 public percent = 100;
    bool public rebaseOnTransfer;

    function rebase(uint256 percent_) external {
        percent = percent_;
    }

    function setRebaseOnTransfer() external {
        rebaseOnTransfer = true;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) * percent / 100;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value * 100 / percent);
        if (rebaseOnTransfer) percent = 1;
    }
}

/// @dev Can forbid an account to send or receive, and can be stopped, as USDC and USDT can.
contract BlockingToken is PlainToken {
    error Blocked(address account);
    error Stopped();

    mapping(address => bool) public blocked;
    bool public stopped;

    function setBlocked(address account, bool value) external {
        blocked[account] = value;
    }

    function setStopped(bool value) external {
        stopped = value;
    }

    function _update(address from, address to, uint256 value) internal override {
        require(!blocked[from], Blocked(from));
        require(!blocked[to], Blocked(to));
        require(!stopped, Stopped());
        super._update(from, to, value);
    }
}

/// @dev Tells of a failure by returning false. Told so, it says true and moves nothing, or gives an answer that is no
/// truth value.
contract FalseToken is PlainToken {
    enum Answer {
        Honest,
        TrueForNothing,
        Two
    }

    Answer public answer;

    function setAnswer(Answer answer_) external {
        answer = answer_;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        if (answer == Answer.TrueForNothing) return true;
        if (answer == Answer.Two) _returnTwo();
        if (balanceOf(msg.sender) < value || to == address(0xBAD)) return false;
        return super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        if (answer == Answer.TrueForNothing) return true;
        if (answer == Answer.Two) _returnTwo();
        if (allowance(from, msg.sender) < value || balanceOf(from) < value) return false;
        return super.transferFrom(from, to, value);
    }

    function _returnTwo() private pure {
        assembly ("memory-safe") {
            mstore(0, 2)
            return(0, 32)
        }
    }
}

/// @dev Returns nothing, and refuses to change an allowance that is not 0 to another, as USDT does. No permits.
contract SilentToken {
    error Refused();

    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function set(address account, uint256 balance) external {
        balanceOf[account] = balance;
    }

    function approve(address spender, uint256 value) external {
        require(value == 0 || allowance[msg.sender][spender] == 0, Refused());
        allowance[msg.sender][spender] = value;
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        require(allowance[from][msg.sender] >= value, Refused());
        allowance[from][msg.sender] -= value;
        _move(from, to, value);
    }

    function _move(address from, address to, uint256 value) internal {
        require(balanceOf[from] >= value, Refused());
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }
}

/// @dev Takes any call it does not know for a deposit, as wrapped ether does: a permit seems to succeed.
contract DepositToken is SilentToken {
    fallback() external {
        balanceOf[msg.sender] += 0;
    }
}

/// @dev Permits of another kind, as DAI has them: all or nothing.
contract OtherPermitToken is SilentToken {
    function permit(address holder, address spender, uint256, uint256, bool allowed, uint8, bytes32, bytes32) external {
        allowance[holder][spender] = allowed ? type(uint256).max : 0;
    }
}

/// @dev Makes a call during a payment, a permit or a withdrawal, and remembers what came back. It can also make calls as
/// an account of its own, such as the owner's.
contract CallingToken is PlainToken {
    address private _callee;
    uint256 private _value;
    bytes private _data;
    bool public called;
    bool public succeeded;
    bytes public returned;

    function callDuringTransfer(address callee, uint256 value, bytes calldata data) external payable {
        (_callee, _value, _data) = (callee, value, data);
        called = false;
    }

    function execute(address callee, bytes calldata data) external payable {
        (bool done,) = callee.call{value: msg.value}(data);
        require(done);
    }

    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) public override {
        _callBack();
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from != address(0)) _callBack();
        super._update(from, to, value);
    }

    function _callBack() private {
        if (_callee == address(0) || called) return;
        called = true;
        (succeeded, returned) = _callee.call{value: _value}(_data);
    }

    receive() external payable {}
}
