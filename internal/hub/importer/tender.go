package importer

import (
	"strings"

	"github.com/tillpost/tillpost/internal/domain/payments"
)

// usual are the ways to pay whose names mean the same everywhere, in small letters and digits. What a
// processor pays out later is a card, whatever the customer held in the hand.
var usual = map[string]string{
	"cash": payments.Cash,

	"card": payments.Card, "creditcard": payments.Card, "debitcard": payments.Card, "credit": payments.Card, "debit": payments.Card,
	"visa": payments.Card, "mastercard": payments.Card, "amex": payments.Card, "americanexpress": payments.Card, "discover": payments.Card,
	"diners": payments.Card, "dinersclub": payments.Card, "jcb": payments.Card, "unionpay": payments.Card, "maestro": payments.Card,
	"interac": payments.Card, "applepay": payments.Card, "googlepay": payments.Card, "stripe": payments.Card, "paypal": payments.Card,
	"square": payments.Card, "sumup": payments.Card, "adyen": payments.Card, "mollie": payments.Card, "worldpay": payments.Card,
	"shopifypayments": payments.Card, "shoppay": payments.Card, "klarna": payments.Card, "afterpay": payments.Card, "clearpay": payments.Card,
	"affirm": payments.Card, "ideal": payments.Card, "bancontact": payments.Card, "alipay": payments.Card, "wechatpay": payments.Card,

	"giftcard": payments.GiftCard, "giftcertificate": payments.GiftCard, "storedvalue": payments.GiftCard,
	"storecredit": payments.StoreCredit, "creditnote": payments.StoreCredit,
	"onaccount": payments.OnAccount, "houseaccount": payments.OnAccount, "unpaid": payments.OnAccount, "invoice": payments.OnAccount,
	"coupon": payments.Coupon, "manufacturercoupon": payments.Coupon,
	"loyalty": payments.Loyalty, "loyaltypoints": payments.Loyalty,
	"check": payments.Check, "cheque": payments.Check,
	"transfer": payments.Transfer, "banktransfer": payments.Transfer, "wiretransfer": payments.Transfer, "banktransferdeposit": payments.Transfer,
	"bankdeposit": payments.Transfer, "ach": payments.Transfer, "directdebit": payments.Transfer,
	"amazon": payments.Marketplace, "ebay": payments.Marketplace, "etsy": payments.Marketplace, "marketplace": payments.Marketplace,
	"other": payments.Other, "unspecified": payments.Unspecified,
}

// usualTender is the kind of a way to pay that needs no explanation.
func usualTender(code string) (kind string, ok bool) {
	kind, ok = usual[strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, code)]
	return kind, ok
}
