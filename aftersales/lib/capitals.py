"""Sums of money in capital Chinese numerals, as receipts carry them so that nobody adds a stroke.

Source: People's Bank of China, basic rules for filling in negotiable instruments (正确填写票据和结算凭证的
基本规定), sections on amounts. Where the rules leave a zero open, it is left out.
"""

from aftersales.lib.money import MAX_FEN, MoneyError

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")


def fen_in_capitals(fen: int) -> str:
    """Whole fen as 人民币陆佰元整, 人民币壹元零伍分. Raises MoneyError below zero or above MAX_FEN."""
    if type(fen) is not int:
        raise MoneyError("wrong_type", "expected a whole number")
    if fen < 0:
        raise MoneyError("negative", "the amount is negative")
    if fen > MAX_FEN:
        raise MoneyError("too_large", "the amount is too large")
    yuan, rest = divmod(fen, 100)
    jiao, last = divmod(rest, 10)
    written = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        written += f"{DIGITS[jiao]}角"
    elif last and yuan:
        written += DIGITS[0]
    return f"人民币{written}{DIGITS[last]}分" if last else f"人民币{written}整"


def _whole(yuan: int) -> str:
    """Yuan in groups of four digits; a group or place that is skipped is one 零 before what follows."""
    if yuan == 0:
        return DIGITS[0]
    groups = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    written, is_gap = "", False
    for index in reversed(range(len(groups))):
        group = groups[index]
        if group == 0:
            is_gap = True
            continue
        if written and (is_gap or group < 1000):
            written += DIGITS[0]
        written += _group(group) + GROUPS[index]
        is_gap = False
    return written


def _group(number: int) -> str:
    """One to four digits with their places: 1010 is 壹仟零壹拾."""
    written, is_gap = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if digit == 0:
            is_gap = bool(written)
            continue
        written += (DIGITS[0] if is_gap else "") + DIGITS[digit] + PLACES[place]
        is_gap = False
    return written
