// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {DepositToken, FeeToken, OtherPermitToken, PlainToken, SilentToken} from "./Tokens.sol";
import {vm} from "./Vm.sol";

contract PermitTest is HourgateTestBase {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant ALICES_KEY = 0xA11CE;
    uint96 private constant DOLLAR_HOUR = 250_000;

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    PlainToken private token;
    uint256 private id;

    function setUp() public override {
        super.setUp();
        alice = vm.addr(ALICES_KEY);
        vm.deal(alice, 100 ether);
        token = new PlainToken();
        token.mint(alice, 10 * DOLLAR_HOUR);
        id = addProduct(address(token), DOLLAR_HOUR, HOUR);
    }

    function sign(uint256 value, uint256 deadline) private view returns (Signature memory signature) {
        bytes32 permit = keccak256(abi.encode(PERMIT, alice, address(hourgate), value, token.nonces(alice), deadline));
        (signature.v, signature.r, signature.s) =
            vm.sign(ALICES_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), permit)));
    }

    function buyWithPermit(address payer, uint256 product, address account, uint256 value, Signature memory signature)
        private
    {
        vm.prank(payer);
        hourgate.purchaseWithPermit(product, account, value, NOW, signature.v, signature.r, signature.s);
    }

    function expectNoAllowance(uint256 allowance) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(hourgate), allowance, DOLLAR_HOUR
            )
        );
    }

    function test_purchaseWithPermit_needsNoApproval() public {
        Signature memory signature = sign(DOLLAR_HOUR, NOW);
        expectAccessChanged(alice, NOW + HOUR);
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductPurchased(id, alice, alice, DOLLAR_HOUR, NOW + HOUR);
        buyWithPermit(alice, id, alice, DOLLAR_HOUR, signature);
        assertAccess(alice, NOW + HOUR, 0);
        vm.assertEq(token.balanceOf(address(hourgate)), DOLLAR_HOUR);
        vm.assertEq(token.balanceOf(alice), 9 * DOLLAR_HOUR);
        vm.assertEq(token.allowance(alice, address(hourgate)), 0);
    }

    function test_purchaseWithPermit_handsOnWhatWasSigned() public {
        Signature memory signature = sign(3 * DOLLAR_HOUR, NOW);
        vm.expectCall(
            address(token),
            abi.encodeCall(
                IERC20Permit.permit,
                (alice, address(hourgate), 3 * DOLLAR_HOUR, NOW, signature.v, signature.r, signature.s)
            ),
            1
        );
        buyWithPermit(alice, id, bob, 3 * DOLLAR_HOUR, signature);
        assertAccess(bob, NOW + HOUR, 0);
        assertAccess(alice, 0, 0);
        vm.assertEq(token.allowance(alice, address(hourgate)), 2 * DOLLAR_HOUR);
    }

    function test_purchaseWithPermit_worksWhenSomebodyHandedThePermitInBefore() public {
        Signature memory signature = sign(DOLLAR_HOUR, NOW);
        vm.prank(bob);
        token.permit(alice, address(hourgate), DOLLAR_HOUR, NOW, signature.v, signature.r, signature.s);
        buyWithPermit(alice, id, alice, DOLLAR_HOUR, signature);
        assertAccess(alice, NOW + HOUR, 0);
        vm.assertEq(token.balanceOf(alice), 9 * DOLLAR_HOUR);
    }

    function test_purchaseWithPermit_buysOnceForAPermitOfOnePrice() public {
        Signature memory signature = sign(DOLLAR_HOUR, NOW);
        buyWithPermit(alice, id, alice, DOLLAR_HOUR, signature);
        expectNoAllowance(0);
        buyWithPermit(alice, id, alice, DOLLAR_HOUR, signature);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_purchaseWithPermit_isOfNoUseToAnotherPayer() public {
        Signature memory signature = sign(DOLLAR_HOUR, NOW);
        expectNoAllowance(0);
        buyWithPermit(bob, id, bob, DOLLAR_HOUR, signature);
        // not even once the allowance is there
        token.permit(alice, address(hourgate), DOLLAR_HOUR, NOW, signature.v, signature.r, signature.s);
        expectNoAllowance(0);
        buyWithPermit(bob, id, bob, DOLLAR_HOUR, signature);
        vm.assertEq(token.balanceOf(alice), 10 * DOLLAR_HOUR);
        assertAccess(bob, 0, 0);
    }

    function test_purchaseWithPermit_revertsWhenTheSignatureOrTheTimeIsWrong() public {
        Signature memory signature = sign(DOLLAR_HOUR, NOW);
        expectNoAllowance(0);
        buyWithPermit(alice, id, alice, DOLLAR_HOUR + 1, signature);
        vm.warp(NOW + 1);
        expectNoAllowance(0);
        buyWithPermit(alice, id, alice, DOLLAR_HOUR, signature);
        assertAccess(alice, 0, 0);
    }

    function test_purchaseWithPermit_revertsForAPermitBelowThePrice() public {
        Signature memory signature = sign(DOLLAR_HOUR - 1, NOW);
        expectNoAllowance(DOLLAR_HOUR - 1);
        buyWithPermit(alice, id, alice, DOLLAR_HOUR - 1, signature);
        assertAccess(alice, 0, 0);
    }

    function test_purchaseWithPermit_worksByAnOlderApprovalToo() public {
        vm.prank(alice);
        token.approve(address(hourgate), DOLLAR_HOUR);
        buyWithPermit(alice, id, alice, 0, Signature(0, 0, 0));
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_purchaseWithPermit_worksByApprovalForTokensWithoutSuchPermits() public {
        Signature memory signature = sign(DOLLAR_HOUR, NOW);
        SilentToken[3] memory tokens = [new SilentToken(), new DepositToken(), new OtherPermitToken()];
        for (uint256 i = 0; i < tokens.length; i++) {
            tokens[i].mint(alice, DOLLAR_HOUR);
            uint256 product = addProduct(address(tokens[i]), DOLLAR_HOUR, HOUR);
            vm.expectRevert(abi.encodeWithSelector(SilentToken.Refused.selector));
            buyWithPermit(alice, product, alice, DOLLAR_HOUR, signature);
            vm.prank(alice);
            tokens[i].approve(address(hourgate), DOLLAR_HOUR);
            buyWithPermit(alice, product, alice, DOLLAR_HOUR, signature);
            assertAccess(alice, NOW + uint64(i + 1) * HOUR, 0);
        }
    }

    function test_purchaseWithPermit_revertsWhenTheTokenKeepsAFee() public {
        FeeToken fee = new FeeToken();
        token = fee;
        fee.mint(alice, 2 * DOLLAR_HOUR);
        fee.setFee(10);
        uint256 product = addProduct(address(fee), DOLLAR_HOUR, HOUR);
        Signature memory signature = sign(DOLLAR_HOUR, NOW);
        vm.expectRevert(
            abi.encodeWithSelector(IHourgate.WrongPayment.selector, address(fee), DOLLAR_HOUR, DOLLAR_HOUR - 10)
        );
        buyWithPermit(alice, product, alice, DOLLAR_HOUR, signature);
        vm.assertEq(fee.nonces(alice), 0); // the permit is unused
    }

    function test_purchaseWithPermit_revertsForAProductInEther() public {
        Signature memory signature = sign(PRICE, NOW);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.WrongValue.selector, PRICE, 0));
        buyWithPermit(alice, ID, alice, PRICE, signature);
    }

    function test_purchaseWithPermit_takesNoEther() public {
        vm.prank(alice);
        (bool sold,) = address(hourgate).call{value: PRICE}(
            abi.encodeCall(IHourgate.purchaseWithPermit, (ID, alice, 0, NOW, 0, 0, 0))
        );
        vm.assertFalse(sold);
    }

    function test_purchaseWithPermit_obeysEveryRuleOfAPurchase() public {
        Signature memory signature = sign(DOLLAR_HOUR, NOW);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.UnknownProduct.selector, 2));
        buyWithPermit(alice, 2, alice, DOLLAR_HOUR, signature);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        buyWithPermit(alice, id, address(0), DOLLAR_HOUR, signature);
        expectOwnerNotAllowed(owner);
        buyWithPermit(alice, id, owner, DOLLAR_HOUR, signature);
        expectOwnerNotAllowed(owner);
        buyWithPermit(owner, id, alice, DOLLAR_HOUR, signature);
        vm.prank(owner);
        hourgate.pause();
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        buyWithPermit(alice, id, alice, DOLLAR_HOUR, signature);
        vm.prank(owner);
        hourgate.unpause();
        vm.prank(owner);
        hourgate.setActive(id, false);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ProductInactive.selector, id));
        buyWithPermit(alice, id, alice, DOLLAR_HOUR, signature);
        vm.assertEq(token.nonces(alice), 0); // the permit is unused
        vm.assertEq(token.balanceOf(address(hourgate)), 0);
    }

    function testFuzz_purchaseWithPermit_takesThePriceOrNothing(uint256 signed, uint256 handedIn) public {
        Signature memory signature = sign(signed, NOW);
        if (handedIn % 2 == 0) handedIn = signed;
        vm.prank(alice);
        (bool sold,) = address(hourgate)
            .call(
                abi.encodeCall(
                    IHourgate.purchaseWithPermit, (id, alice, handedIn, NOW, signature.v, signature.r, signature.s)
                )
            );
        vm.assertEq(sold, handedIn == signed && signed >= DOLLAR_HOUR, "sold");
        vm.assertEq(token.balanceOf(address(hourgate)), sold ? DOLLAR_HOUR : 0);
        assertAccess(alice, sold ? NOW + HOUR : 0, 0);
    }
}
