"""How personal data looks to people who may not see it.

The forms follow what Chinese parcel labels and shops show: 138****1234, 李**, the address down
to its township, the last four digits of an account.
"""

import re

HIDDEN = "****"

_COUNTY = re.compile(
    r"(?:[^省市]{2,8}?(?:省|自治区))?"
    r"(?:[^市州盟县]{1,10}(?:市|自治州|州|盟|地区))?"
    r"(?:[^县区旗市]{1,2}[^县区旗市镇乡]{0,12}(?:县|(?<![小社园校院])区|旗|市))?"
)
_TOWNSHIP = re.compile(r".[^镇乡村组号路]{0,9}?(?:镇|乡|街道|苏木)")


def mask_phone(phone: str) -> str:
    """Keep the first three and last four of a mobile number, the last four of a shorter one."""
    if len(phone) >= 11:
        return f"{phone[:3]}{HIDDEN}{phone[-4:]}"
    if len(phone) >= 8:
        return f"{HIDDEN}{phone[-4:]}"
    return HIDDEN if phone else ""


def mask_name(name: str) -> str:
    """Keep the first character: 李小明 becomes 李**, whatever the length of the name."""
    name = name.strip()
    if not name:
        return ""
    return "**" if len(name) == 1 else f"{name[0]}**"


def mask_address(address: str) -> str:
    """Keep the address down to its township, else to its county; hide the rest.

    An address in which neither can be found is hidden as a whole.
    """
    address = address.strip()
    if not address:
        return ""
    county = _COUNTY.match(address).end()
    township = _TOWNSHIP.match(address, county)
    kept = address[: township.end()] if township else address[:county]
    return f"{kept}{HIDDEN}"


def mask_account(account: str) -> str:
    """Keep the last four characters of a bank account; hide an account shorter than eight."""
    account = account.strip()
    if not account:
        return ""
    return f"{HIDDEN}{account[-4:]}" if len(account) >= 8 else HIDDEN


def mask_email(address: str) -> str:
    """Keep the first character and the domain: liming@example.com becomes l****@example.com."""
    name, _at, domain = address.strip().rpartition("@")
    return f"{name[:1]}{HIDDEN}@{domain}" if name else HIDDEN if domain else ""
