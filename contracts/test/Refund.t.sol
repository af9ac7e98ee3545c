// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {vm, Vm} from "./Vm.sol";

contract RefundTest is HourgateTestBase {
    address private constant TREASURY = address(0x7EA5);

    function refund(uint256 value, address account, address payee) private {
        vm.prank(owner);
        hourgate.refund{value: value}(account, payee);
    }

    function claim(address payee, address to) private {
        vm.prank(payee);
        hourgate.claim(to);
    }

    function expectNothingToClaim(address payee) private {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.NothingToClaim.selector, payee));
    }

    function assertCredit(uint256 alices, uint256 bobs) private view {
        vm.assertEq(hourgate.claimable(alice), alices);
        vm.assertEq(hourgate.claimable(bob), bobs);
        vm.assertEq(hourgate.claimableTotal(), alices + bobs);
    }

    // ---- refund ----------------------------------------------------------------------------------------------------

    function test_refund_endsTheTimeAtOnce() public {
        buy(alice);
        buy(bob);
        vm.warp(NOW + 600);
        refund(PRICE / 2, alice, alice);
        assertAccess(alice, NOW + 600, 0);
        assertAccess(bob, NOW + HOUR, 0);
    }

    function test_refund_isPaidByTheOwnerAndNotByTheTakings() public {
        buy(alice);
        refund(PRICE / 2, alice, alice);
        vm.assertEq(owner.balance, 100 ether - PRICE / 2);
        vm.assertEq(address(hourgate).balance, PRICE + PRICE / 2);
        assertCredit(PRICE / 2, 0);
    }

    function test_refund_emitsAccessChangedAndRefunded() public {
        buy(alice);
        vm.warp(NOW + 600);
        vm.recordLogs();
        refund(5, alice, bob);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2);
        vm.assertEq(logs[0].topics[0], IHourgate.AccessChanged.selector);
        vm.assertEq(logs[0].topics[1], bytes32(uint256(uint160(alice))));
        vm.assertEq(abi.decode(logs[0].data, (uint256)), NOW + 600);
        vm.assertEq(logs[1].topics[0], IHourgate.Refunded.selector);
        vm.assertEq(logs[1].topics[1], bytes32(uint256(uint160(alice))));
        vm.assertEq(logs[1].topics[2], bytes32(uint256(uint160(bob))));
        vm.assertEq(abi.decode(logs[1].data, (uint256)), 5);
    }

    function test_refund_canGoToWhoeverPaid() public {
        vm.prank(bob);
        hourgate.purchaseFor{value: PRICE}(ID, alice);
        refund(PRICE, alice, bob);
        assertAccess(alice, NOW, 0);
        assertCredit(0, PRICE);
    }

    function test_refund_canBeOfNothing() public {
        buy(alice);
        refund(0, alice, alice);
        assertAccess(alice, NOW, 0);
        assertCredit(0, 0);
        expectNothingToClaim(alice);
        claim(alice, alice);
    }

    function test_refund_leavesTimeThatIsOverAsItIs() public {
        buy(alice);
        vm.warp(NOW + HOUR + 1);
        expectAccessChanged(alice, NOW + HOUR);
        refund(1, alice, alice);
        assertAccess(alice, NOW + HOUR, 0);
        expectAccessChanged(bob, 0);
        refund(1, bob, bob);
        assertAccess(bob, 0, 0);
        assertCredit(1, 1);
    }

    function test_refund_addsUp() public {
        refund(5, alice, alice);
        refund(7, bob, alice);
        refund(11, alice, bob);
        assertCredit(12, 11);
    }

    function test_refund_keepsTheRevocation() public {
        buy(alice);
        vm.prank(alice);
        hourgate.revokeCredentials();
        vm.warp(NOW + 10);
        refund(1, alice, alice);
        assertAccess(alice, NOW + 10, NOW);
    }

    function test_refund_leavesTheAccountFreeToBuyAgain() public {
        buy(alice);
        vm.warp(NOW + 10);
        refund(1, alice, alice);
        buy(alice);
        assertAccess(alice, NOW + 10 + HOUR, 0);
        assertCredit(1, 0);
    }

    function test_refund_worksWhilePaused() public {
        buy(alice);
        vm.prank(owner);
        hourgate.pause();
        refund(1, alice, alice);
        assertAccess(alice, NOW, 0);
        claim(alice, TREASURY);
        vm.assertEq(TREASURY.balance, 1);
    }

    function test_refund_endsTheTimeOfAnAccountThatBecameTheOwner() public {
        buy(alice);
        becomeOwner(alice);
        vm.prank(alice);
        hourgate.refund(alice, alice);
        assertAccess(alice, NOW, 0);
    }

    function test_refund_revertsForTheZeroAccountAndTheZeroPayee() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        refund(1, address(0), alice);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        refund(1, alice, address(0));
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        refund(0, alice, address(0));
    }

    function testFuzz_refund_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        buy(alice);
        vm.deal(caller, 1);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.refund{value: 1}(alice, caller);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function testFuzz_refund_neverMovesAnEndForward(uint32 held, uint32 wait, uint96 value) public {
        held = uint32(1 + held % MAX_AHEAD);
        wait = uint32(wait % (2 * MAX_AHEAD));
        vm.deal(owner, value);
        grant(alice, held);
        vm.warp(NOW + wait);
        refund(value, alice, bob);
        assertAccess(alice, NOW + (held < wait ? held : wait), 0);
        assertCredit(0, value);
    }

    // ---- claim -----------------------------------------------------------------------------------------------------

    function test_claim_sendsTheWholeCreditOnce() public {
        refund(5, alice, alice);
        refund(7, alice, alice);
        refund(9, bob, bob);
        vm.expectEmit(address(hourgate));
        emit IHourgate.Claimed(alice, alice, 12);
        claim(alice, alice);
        vm.assertEq(alice.balance, 100 ether + 12);
        assertCredit(0, 9);
        expectNothingToClaim(alice);
        claim(alice, alice);
    }

    function test_claim_sendsToAnotherAddress() public {
        refund(5, alice, alice);
        vm.expectEmit(address(hourgate));
        emit IHourgate.Claimed(alice, TREASURY, 5);
        claim(alice, TREASURY);
        vm.assertEq(TREASURY.balance, 5);
        vm.assertEq(alice.balance, 100 ether);
        assertCredit(0, 0);
    }

    function test_claim_revertsForTheZeroAddressAndKeepsTheCredit() public {
        refund(5, alice, alice);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        claim(alice, address(0));
        assertCredit(5, 0);
    }

    function test_claim_revertsWhenTheRecipientRefusesAndKeepsTheCredit() public {
        refund(5, alice, alice);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.TransferFailed.selector, address(this), 5));
        claim(alice, address(this));
        assertCredit(5, 0);
        claim(alice, TREASURY);
        vm.assertEq(TREASURY.balance, 5);
    }

    function testFuzz_claim_revertsForWhoeverHasNoCredit(address caller) public {
        vm.assume(caller != alice);
        refund(5, alice, alice);
        expectNothingToClaim(caller);
        claim(caller, caller);
    }

    function test_claim_survivesAChangeOfOwner() public {
        refund(5, alice, alice);
        becomeOwner(bob);
        claim(alice, TREASURY);
        vm.assertEq(TREASURY.balance, 5);
    }

    // ---- refunds and takings ---------------------------------------------------------------------------------------

    function test_withdraw_leavesWhatIsCredited() public {
        buy(alice);
        refund(PRICE / 4, alice, alice);
        vm.expectEmit(address(hourgate));
        emit IHourgate.Withdrawn(ETHER, TREASURY, PRICE);
        vm.prank(owner);
        hourgate.withdraw(ETHER, TREASURY);
        vm.assertEq(TREASURY.balance, PRICE);
        vm.assertEq(address(hourgate).balance, PRICE / 4);
        vm.prank(owner);
        hourgate.withdraw(ETHER, TREASURY);
        vm.assertEq(TREASURY.balance, PRICE);
        claim(alice, bob);
        vm.assertEq(bob.balance, 100 ether + PRICE / 4);
        vm.assertEq(address(hourgate).balance, 0);
    }

    function test_claim_leavesTheTakings() public {
        buy(alice);
        refund(5, alice, alice);
        claim(alice, TREASURY);
        vm.assertEq(address(hourgate).balance, PRICE);
        vm.prank(owner);
        hourgate.withdraw(ETHER, TREASURY);
        vm.assertEq(TREASURY.balance, PRICE + 5);
    }

    function testFuzz_withdraw_leavesExactlyTheCredits(uint96 forcedIn, uint96 alices, uint96 bobs) public {
        vm.deal(owner, uint256(alices) + bobs);
        refund(alices, alice, alice);
        refund(bobs, bob, bob);
        vm.deal(address(hourgate), uint256(forcedIn) + alices + bobs);
        vm.prank(owner);
        hourgate.withdraw(ETHER, TREASURY);
        vm.assertEq(TREASURY.balance, forcedIn);
        vm.assertEq(address(hourgate).balance, uint256(alices) + bobs);
    }
}
