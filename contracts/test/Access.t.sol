// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {vm, Vm} from "./Vm.sol";

contract AccessTest is HourgateTestBase {
    function test_grant_addsToTheLaterOfNowAndTheEnd() public {
        grant(alice, 100);
        assertAccess(alice, NOW + 100, 0);
        vm.warp(NOW + 40);
        grant(alice, 10);
        assertAccess(alice, NOW + 110, 0);
        vm.warp(NOW + 500);
        grant(alice, 10);
        assertAccess(alice, NOW + 510, 0);
    }

    function test_grant_emitsAccessChangedAndNothingElse() public {
        vm.recordLogs();
        grant(alice, 100);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1);
        vm.assertEq(logs[0].topics[0], IHourgate.AccessChanged.selector);
        vm.assertEq(logs[0].topics[1], bytes32(uint256(uint160(alice))));
        vm.assertEq(abi.decode(logs[0].data, (uint256)), NOW + 100);
    }

    function test_grant_worksWhilePaused() public {
        vm.prank(owner);
        hourgate.pause();
        grant(alice, 100);
        assertAccess(alice, NOW + 100, 0);
    }

    function test_grant_revertsForZeroSeconds() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroDuration.selector));
        grant(alice, 0);
    }

    function test_grant_revertsForTheZeroAccount() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        grant(address(0), 100);
    }

    function test_grant_revertsForTheOwner() public {
        expectOwnerNotAllowed(owner);
        grant(owner, 100);
    }

    function testFuzz_grant_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.grant(alice, 100);
    }

    function testFuzz_grant_staysWithinTwoYears(uint32 first, uint32 wait, uint32 second) public {
        first = uint32(1 + first % MAX_AHEAD);
        wait = uint32(wait % (2 * MAX_AHEAD));
        vm.assume(second != 0);
        grant(alice, first);
        vm.warp(NOW + wait);
        uint64 start = first > wait ? NOW + first : NOW + wait;
        uint64 limit = NOW + wait + MAX_AHEAD;
        bool tooFar = start + second > limit;
        if (tooFar) vm.expectRevert(abi.encodeWithSelector(IHourgate.TooFarAhead.selector, start + second, limit));
        grant(alice, second);
        assertAccess(alice, tooFar ? NOW + first : start + second, 0);
    }

    function test_revokeCredentials_setsNowAndKeepsTheTime() public {
        buy(alice);
        vm.warp(NOW + 10);
        vm.prank(alice);
        hourgate.revokeCredentials();
        assertAccess(alice, NOW + HOUR, NOW + 10);
        assertAccess(bob, 0, 0);
    }

    function test_revokeCredentials_emitsCredentialsRevokedAndAccessChanged() public {
        buy(alice);
        vm.warp(NOW + 10);
        vm.expectEmit(address(hourgate));
        emit IHourgate.CredentialsRevoked(alice, NOW + 10);
        expectAccessChanged(alice, NOW + HOUR);
        vm.prank(alice);
        hourgate.revokeCredentials();
    }

    function test_revokeCredentials_movesForwardEachTime() public {
        vm.prank(alice);
        hourgate.revokeCredentials();
        assertAccess(alice, 0, NOW);
        vm.warp(NOW + 10);
        vm.prank(alice);
        hourgate.revokeCredentials();
        assertAccess(alice, 0, NOW + 10);
    }

    function test_revokeCredentials_worksWhilePaused() public {
        vm.prank(owner);
        hourgate.pause();
        vm.prank(alice);
        hourgate.revokeCredentials();
        assertAccess(alice, 0, NOW);
    }

    function testFuzz_revokeCredentials_isOpenToAnybody(address caller, uint32 wait) public {
        vm.warp(NOW + wait);
        vm.prank(caller);
        hourgate.revokeCredentials();
        assertAccess(caller, 0, NOW + wait);
    }

    function test_accessOf_answersInTheOrderAsked() public {
        buy(alice);
        grant(bob, 50);
        vm.prank(bob);
        hourgate.revokeCredentials();
        address[] memory accounts = new address[](4);
        accounts[0] = bob;
        accounts[1] = owner;
        accounts[2] = alice;
        accounts[3] = bob;
        IHourgate.Access[] memory answer = hourgate.accessOf(accounts);
        vm.assertEq(answer.length, 4);
        vm.assertEq(answer[0].paidUntil, NOW + 50);
        vm.assertEq(answer[0].credentialsFrom, NOW);
        vm.assertEq(answer[1].paidUntil, 0);
        vm.assertEq(answer[1].credentialsFrom, 0);
        vm.assertEq(answer[2].paidUntil, NOW + HOUR);
        vm.assertEq(answer[2].credentialsFrom, 0);
        vm.assertEq(answer[3].paidUntil, NOW + 50);
        vm.assertEq(answer[3].credentialsFrom, NOW);
    }

    function test_accessOf_answersNothingToNothing() public view {
        vm.assertEq(hourgate.accessOf(new address[](0)).length, 0);
    }

    function test_accessOf_readsOneSlotAtAPlaceThatStays() public {
        buy(alice);
        vm.warp(NOW + 10);
        vm.prank(alice);
        hourgate.revokeCredentials();
        bytes32 slot = keccak256(abi.encode(alice, uint256(3)));
        vm.assertEq(uint256(vm.load(address(hourgate), slot)), (uint256(NOW + 10) << 64) | (NOW + HOUR));
    }

    function testFuzz_paidUntil_isZeroForWhoeverNeverPaid(address account) public {
        vm.assume(account != alice);
        buy(alice);
        assertAccess(account, 0, 0);
    }
}
