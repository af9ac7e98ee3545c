// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Hourgate} from "../src/Hourgate.sol";
import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {BlockingToken, FalseToken, FeeToken, PlainToken, SilentToken} from "./Tokens.sol";
import {vm} from "./Vm.sol";

/// @dev An owner that, while it is paid, does what it likes.
contract ReentrantOwner {
    Hourgate private immutable _hourgate;
    address private immutable _friend;
    bytes4 public refusal;

    constructor(Hourgate hourgate, address friend) {
        _hourgate = hourgate;
        _friend = friend;
    }

    function accept() external {
        _hourgate.acceptOwnership();
    }

    function withdraw() external {
        _hourgate.withdraw(address(0), address(this));
    }

    receive() external payable {
        try _hourgate.withdraw(address(0), address(this)) {}
        catch (bytes memory reason) {
            refusal = bytes4(reason);
        }
        _hourgate.grant(_friend, 1);
    }
}

/// @dev A customer that buys again while it is paid by the owner.
contract ReentrantBuyer {
    Hourgate private immutable _hourgate;

    constructor(Hourgate hourgate) {
        _hourgate = hourgate;
    }

    receive() external payable {
        _hourgate.purchaseProduct{value: msg.value}(0);
    }
}

contract WithdrawTest is HourgateTestBase {
    address private constant TREASURY = address(0x7EA5);

    function withdrawTo(address to) private {
        vm.prank(owner);
        hourgate.withdraw(ETHER, to);
    }

    function withdrawToken(address token, address to) private {
        vm.prank(owner);
        hourgate.withdraw(token, to);
    }

    function test_withdraw_paysOutEverything() public {
        buy(alice);
        buy(bob);
        vm.expectEmit(address(hourgate));
        emit IHourgate.Withdrawn(ETHER, TREASURY, 2 * uint256(PRICE));
        withdrawTo(TREASURY);
        vm.assertEq(TREASURY.balance, 2 * uint256(PRICE));
        vm.assertEq(address(hourgate).balance, 0);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_withdraw_ofNothingIsFine() public {
        withdrawTo(TREASURY);
        vm.assertEq(TREASURY.balance, 0);
    }

    function test_withdraw_worksWhilePaused() public {
        buy(alice);
        vm.prank(owner);
        hourgate.pause();
        withdrawTo(TREASURY);
        vm.assertEq(TREASURY.balance, PRICE);
    }

    function test_withdraw_includesEtherThatWasForcedIn() public {
        vm.deal(address(hourgate), 5 ether);
        withdrawTo(TREASURY);
        vm.assertEq(TREASURY.balance, 5 ether);
    }

    function test_withdraw_revertsWhenTheRecipientRefusesAndBlocksNobody() public {
        buy(alice);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.TransferFailed.selector, address(this), PRICE));
        withdrawTo(address(this));
        buy(bob);
        withdrawTo(TREASURY);
        vm.assertEq(TREASURY.balance, 2 * uint256(PRICE));
    }

    function test_withdraw_revertsForTheZeroAddress() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        withdrawTo(address(0));
    }

    function test_withdraw_reenteredByTheOwnerPaysOnceAndLetsItRuleOn() public {
        ReentrantOwner reentrant = new ReentrantOwner(hourgate, bob);
        buy(alice);
        vm.prank(owner);
        hourgate.transferOwnership(address(reentrant));
        reentrant.accept();
        reentrant.withdraw();
        vm.assertEq(bytes32(reentrant.refusal()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        vm.assertEq(address(reentrant).balance, PRICE);
        vm.assertEq(address(hourgate).balance, 0);
        assertAccess(bob, NOW + 1, 0);
    }

    function test_withdraw_reenteredByABuyerSellsNothing() public {
        ReentrantBuyer buyer = new ReentrantBuyer(hourgate);
        buy(alice);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.TransferFailed.selector, address(buyer), PRICE));
        withdrawTo(address(buyer));
        assertAccess(address(buyer), 0, 0);
    }

    function test_withdraw_paysOutAllOfATokenAndNothingElse() public {
        PlainToken token = new PlainToken(); // without a product: somebody sent it
        PlainToken other = new PlainToken();
        token.mint(address(hourgate), 12);
        other.mint(address(hourgate), 34);
        buy(alice);
        vm.expectEmit(address(hourgate));
        emit IHourgate.Withdrawn(address(token), TREASURY, 12);
        withdrawToken(address(token), TREASURY);
        vm.assertEq(token.balanceOf(TREASURY), 12);
        vm.assertEq(token.balanceOf(address(hourgate)), 0);
        vm.assertEq(other.balanceOf(address(hourgate)), 34);
        vm.assertEq(address(hourgate).balance, PRICE);
        withdrawToken(address(token), TREASURY);
        vm.assertEq(token.balanceOf(TREASURY), 12);
    }

    function test_withdraw_leavesTokensAlone() public {
        PlainToken token = new PlainToken();
        token.mint(address(hourgate), 12);
        buy(alice);
        withdrawTo(TREASURY);
        vm.assertEq(TREASURY.balance, PRICE);
        vm.assertEq(token.balanceOf(address(hourgate)), 12);
    }

    function test_withdraw_ofATokenThatReturnsNothing() public {
        SilentToken token = new SilentToken();
        token.mint(address(hourgate), 12);
        withdrawToken(address(token), TREASURY);
        vm.assertEq(token.balanceOf(TREASURY), 12);
    }

    function test_withdraw_ofATokenThatKeepsAFee() public {
        FeeToken token = new FeeToken();
        token.mint(address(hourgate), 12);
        token.setFee(2);
        withdrawToken(address(token), TREASURY);
        vm.assertEq(token.balanceOf(TREASURY), 10);
        vm.assertEq(token.balanceOf(address(hourgate)), 0);
    }

    function test_withdraw_revertsWhenTheTokenReturnsFalse() public {
        FalseToken token = new FalseToken();
        token.mint(address(hourgate), 12);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        withdrawToken(address(token), address(0xBAD));
        withdrawToken(address(token), TREASURY);
        vm.assertEq(token.balanceOf(TREASURY), 12);
    }

    function test_withdraw_ofABlockedTokenRevertsAndHindersNothingElse() public {
        BlockingToken token = new BlockingToken();
        token.mint(address(hourgate), 12);
        token.setBlocked(address(hourgate), true);
        buy(alice);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, address(hourgate)));
        withdrawToken(address(token), TREASURY);
        withdrawTo(TREASURY);
        buy(alice);
        vm.assertEq(TREASURY.balance, PRICE);
    }

    function test_withdraw_ofATokenRevertsForTheZeroAddress() public {
        // this one would deliver there
        SilentToken token = new SilentToken();
        token.mint(address(hourgate), 12);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        withdrawToken(address(token), address(0));
        vm.assertEq(token.balanceOf(address(hourgate)), 12);
    }

    function testFuzz_withdraw_ofATokenRevertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        PlainToken token = new PlainToken();
        token.mint(address(hourgate), 12);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.withdraw(address(token), caller);
    }

    function testFuzz_withdraw_revertsWithoutATokenContract(address token) public {
        vm.assume(token != ETHER && token.code.length == 0);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.UnsupportedToken.selector, token));
        vm.prank(owner);
        hourgate.withdraw(token, TREASURY);
    }

    function testFuzz_withdraw_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        buy(alice);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.withdraw(ETHER, caller);
    }

    function testFuzz_receive_refusesEtherThatBuysNothing(uint96 value, bytes4 selector) public {
        vm.assume(selector != IHourgate.purchaseProduct.selector && selector != IHourgate.purchaseFor.selector);
        vm.assume(selector != IHourgate.refund.selector);
        vm.deal(address(this), uint256(value) + 1);
        (bool plain,) = address(hourgate).call{value: uint256(value) + 1}("");
        vm.assertFalse(plain);
        (bool withData,) = address(hourgate).call{value: uint256(value) + 1}(abi.encodeWithSelector(selector, 0, 0));
        vm.assertFalse(withData);
    }

    function test_fallback_refusesAnUnknownFunction() public {
        (bool answered,) = address(hourgate).call(hex"ffffffff");
        vm.assertFalse(answered);
    }
}
