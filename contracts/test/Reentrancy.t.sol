// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Hourgate} from "../src/Hourgate.sol";
import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {CallingToken} from "./Tokens.sol";
import {vm, Vm} from "./Vm.sol";

/// @dev A payee that claims again while it is paid.
contract ReentrantPayee {
    Hourgate private immutable _hourgate;
    bytes4 public refusal;
    uint256 public creditSeen = type(uint256).max;

    constructor(Hourgate hourgate) {
        _hourgate = hourgate;
    }

    function claim() external {
        _hourgate.claim(address(this));
    }

    receive() external payable {
        creditSeen = _hourgate.claimable(address(this));
        try _hourgate.claim(address(this)) {}
        catch (bytes memory reason) {
            refusal = bytes4(reason);
        }
    }
}

/// @dev Whoever is called during a payment cannot pay, claim or withdraw; what it can do leaves everything in order.
contract ReentrancyTest is HourgateTestBase {
    address private constant TREASURY = address(0x7EA5);
    uint96 private constant DOLLAR_HOUR = 250_000;

    CallingToken private token;
    uint256 private id;

    function setUp() public override {
        super.setUp();
        token = new CallingToken();
        token.mint(alice, 10 * DOLLAR_HOUR);
        token.mint(address(token), 10 * DOLLAR_HOUR);
        token.execute(address(token), abi.encodeCall(token.approve, (address(hourgate), type(uint256).max)));
        vm.deal(address(token), 1 ether);
        vm.prank(alice);
        token.approve(address(hourgate), type(uint256).max);
        id = addProduct(address(token), DOLLAR_HOUR, HOUR);
        vm.prank(owner);
        hourgate.refund{value: 5}(bob, address(token)); // something to claim
    }

    function buyWithToken() private {
        vm.prank(alice);
        hourgate.purchaseProduct(id);
    }

    function guarded() private view returns (bytes[] memory calls) {
        calls = new bytes[](6);
        calls[0] = abi.encodeCall(IHourgate.purchaseProduct, (id));
        calls[1] = abi.encodeCall(IHourgate.purchaseFor, (id, bob));
        calls[2] = abi.encodeCall(IHourgate.purchaseWithPermit, (id, bob, 0, 0, 0, 0, 0));
        calls[3] = abi.encodeCall(IHourgate.claim, (address(token)));
        calls[4] = abi.encodeCall(IHourgate.withdraw, (ETHER, address(token)));
        calls[5] = abi.encodeCall(IHourgate.withdraw, (address(token), address(token)));
    }

    function tokenBecomesTheOwner() private {
        vm.prank(owner);
        hourgate.transferOwnership(address(token));
        token.execute(address(hourgate), abi.encodeCall(hourgate.acceptOwnership, ()));
    }

    function callDuringTransfer(bytes memory data) private {
        token.callDuringTransfer(address(hourgate), 0, data);
    }

    function assertRefusedAsReentrant() private view {
        vm.assertTrue(token.called());
        vm.assertEq(
            token.returned(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "refused as reentrant"
        );
    }

    function test_purchaseProduct_letsTheTokenPayClaimAndWithdrawNothing() public {
        bytes[] memory calls = guarded();
        for (uint256 i = 0; i < calls.length; i++) {
            if (i == 4) tokenBecomesTheOwner();
            callDuringTransfer(calls[i]);
            buyWithToken();
            assertRefusedAsReentrant();
            assertAccess(alice, NOW + uint64(i + 1) * HOUR, 0);
            vm.assertEq(token.balanceOf(address(hourgate)), (i + 1) * DOLLAR_HOUR);
        }
        assertAccess(bob, 0, 0);
        vm.assertEq(hourgate.claimable(address(token)), 5);
    }

    function test_purchaseFor_letsTheTokenBuyNothing() public {
        callDuringTransfer(guarded()[0]);
        vm.prank(alice);
        hourgate.purchaseFor(id, bob);
        assertRefusedAsReentrant();
        vm.assertEq(token.balanceOf(address(hourgate)), DOLLAR_HOUR);
    }

    function test_purchaseProduct_letsTheTokenBuyNothingForEther() public {
        token.callDuringTransfer(address(hourgate), PRICE, abi.encodeCall(IHourgate.purchaseProduct, (ID)));
        buyWithToken();
        assertRefusedAsReentrant();
        vm.assertEq(address(token).balance, 1 ether);
    }

    function test_purchaseWithPermit_letsTheTokenBuyNothingInThePermit() public {
        callDuringTransfer(guarded()[0]);
        vm.prank(alice);
        hourgate.purchaseWithPermit(id, alice, 0, NOW, 0, 0, 0);
        assertRefusedAsReentrant();
        vm.assertEq(token.balanceOf(address(hourgate)), DOLLAR_HOUR);
    }

    function test_withdraw_letsTheTokenPayClaimAndWithdrawNothing() public {
        buyWithToken();
        tokenBecomesTheOwner();
        bytes[] memory calls = guarded();
        for (uint256 i = 3; i < calls.length; i++) {
            callDuringTransfer(calls[i]);
            token.execute(address(hourgate), abi.encodeCall(IHourgate.withdraw, (address(token), TREASURY)));
            assertRefusedAsReentrant();
        }
        vm.assertEq(token.balanceOf(TREASURY), DOLLAR_HOUR);
    }

    function test_purchaseProduct_letsTheOwnerRefundMeanwhile() public {
        tokenBecomesTheOwner();
        token.callDuringTransfer(address(hourgate), 7, abi.encodeCall(IHourgate.refund, (alice, alice)));
        vm.recordLogs();
        buyWithToken();
        vm.assertTrue(token.succeeded());
        assertAccess(alice, NOW, 0);
        assertLastAccessChanged(alice, NOW);
        vm.assertEq(hourgate.claimable(alice), 7);
        vm.assertEq(token.balanceOf(address(hourgate)), DOLLAR_HOUR);
    }

    function test_purchaseProduct_letsTheOwnerGrantMeanwhile() public {
        tokenBecomesTheOwner();
        callDuringTransfer(abi.encodeCall(IHourgate.grant, (alice, 100)));
        vm.recordLogs();
        buyWithToken();
        vm.assertTrue(token.succeeded());
        assertAccess(alice, NOW + HOUR + 100, 0);
        assertLastAccessChanged(alice, NOW + HOUR + 100);
    }

    function test_purchaseProduct_letsAnybodyRevokeMeanwhile() public {
        callDuringTransfer(abi.encodeCall(IHourgate.revokeCredentials, ()));
        buyWithToken();
        vm.assertTrue(token.succeeded());
        assertAccess(address(token), 0, NOW);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_claim_paysAReentrantPayeeOnce() public {
        ReentrantPayee payee = new ReentrantPayee(hourgate);
        buy(alice);
        vm.prank(owner);
        hourgate.refund{value: 7}(alice, address(payee));
        payee.claim();
        vm.assertEq(address(payee).balance, 7);
        vm.assertEq(payee.creditSeen(), 0); // written before the call
        vm.assertEq(bytes32(payee.refusal()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        vm.assertEq(address(hourgate).balance, PRICE + 5);
    }

    function test_nonReentrant_opensAgainAfterEachCall() public {
        buyWithToken();
        buy(alice);
        buyWithToken();
        vm.prank(alice);
        hourgate.purchaseFor(id, alice);
        vm.prank(alice);
        hourgate.purchaseWithPermit(id, alice, 0, NOW, 0, 0, 0);
        vm.prank(owner);
        hourgate.withdraw(ETHER, TREASURY);
        token.execute(address(hourgate), abi.encodeCall(IHourgate.claim, (TREASURY)));
        buyWithToken();
        vm.assertEq(TREASURY.balance, PRICE + 5);
        assertAccess(alice, NOW + 6 * HOUR, 0);
    }

    function assertLastAccessChanged(address account, uint256 paidUntil) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 last;
        for (uint256 i = 0; i < logs.length; i++) {
            bool concerned = logs[i].topics[0] == IHourgate.AccessChanged.selector
                && logs[i].topics[1] == bytes32(uint256(uint160(account)));
            if (concerned) last = abi.decode(logs[i].data, (uint256));
        }
        vm.assertEq(last, paidUntil);
    }
}
