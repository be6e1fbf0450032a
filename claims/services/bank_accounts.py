"""Bank accounts of consumers: sealed, with a consent of their own. docs/rules/payouts.md, section 3."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.masking import mask_account, mask_name
from claims.models import BankAccount, Claim, Consumer
from claims.models.orders import ConsentKind
from claims.rules.payouts import is_plausible_account
from claims.services import reach

BANK_SIGNS = 60
HOLDER_SIGNS = 40


def record(
    *,
    consumer: Consumer,
    bank: str,
    holder: str,
    number: str,
    number_again: str,
    consent_how: str,
    claim: Claim | None = None,
    by: User,
    now: datetime,
) -> BankAccount:
    """Seal the account that transfers to this consumer go to from now on; the one before is replaced.

    The same account again changes nothing. `consent_how` says how the consumer agreed that the number is
    kept and given to the bank (PIPL articles 28 and 29: a consent of its own).

    Raises Refused("unknown_consumer"), Refused("bank_missing"), Refused("holder_missing"),
    Refused("account_invalid"), Refused("account_differs") when it was typed in two ways,
    Refused("consent_missing"), Refused("busy").
    """
    consumer = reach.consumer(consumer)
    bank, holder = " ".join(bank.split()), " ".join(holder.split())
    number, number_again = "".join(number.split()), "".join(number_again.split())
    if not bank or len(bank) > BANK_SIGNS:
        raise Refused(_("Enter the name of the bank."), code="bank_missing", field="bank")
    if not holder or len(holder) > HOLDER_SIGNS:
        raise Refused(_("Enter who holds the account."), code="holder_missing", field="holder")
    if not is_plausible_account(number):
        raise Refused(
            _("This is no account number. Compare every digit with the card or the passbook."),
            code="account_invalid",
            field="number",
        )
    if number != number_again:
        raise Refused(
            _("The number was typed in two different ways. Type it again."),
            code="account_differs",
            field="number_again",
        )
    if consent_how not in ConsentKind.values:
        raise Refused(
            _("Ask whether the number may be kept and given to the bank."),
            code="consent_missing",
            field="consent_how",
        )
    try:
        with transaction.atomic():
            return _replace(consumer, claim, bank, holder, number, consent_how, by=by, now=now)
    except IntegrityError:
        raise Refused(
            _("Somebody else is changing the same thing at this moment. Please try again."), code="busy"
        ) from None


def in_use(consumer_id: int) -> BankAccount | None:
    """The account that transfers to a consumer go to now, as far as whoever asks can see it."""
    return BankAccount.objects.filter(consumer_id=consumer_id, ended_at__isnull=True).first()


def opened(account: BankAccount) -> tuple[str, str]:
    """Holder and number in the clear. Only services that write an audit row call this. Raises Erased."""
    return (
        sealing.unseal(account.person_key, account.holder_sealed),
        sealing.unseal(account.person_key, account.number_sealed),
    )


def _replace(consumer, claim, bank, holder, number, consent_how, *, by, now) -> BankAccount:
    known = in_use(consumer.pk)
    if known is not None:
        if known.bank == bank and opened(known) == (holder, number):
            return known
        BankAccount._base_manager.filter(pk=known.pk).update(ended_at=now)
    key = sealing.new_person_key()
    account = BankAccount.objects.create(
        consumer=consumer,
        station_id=consumer.station_id,
        county_code=consumer.county_code,
        person_key=key,
        bank=bank,
        holder_sealed=sealing.seal(key, holder),
        number_sealed=sealing.seal(key, number),
        holder_masked=mask_name(holder),
        number_masked=mask_account(number),
        consent_how=consent_how,
        recorded_by=by,
        recorded_at=now,
    )
    trail.record(
        "bank_account.recorded",
        by=by,
        obj=account,
        claim_id=claim.pk if claim is not None else None,
        after={"number": account.number_masked, "consent": consent_how, "replaces": known is not None},
        at=now,
    )
    return account
