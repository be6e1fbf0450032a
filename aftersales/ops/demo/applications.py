"""Applications of the demonstration: a platform, a merchant, a county's mini-program; how they ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from aftersales.accounts.api_scopes import ApiScope
from aftersales.accounts.models import User
from aftersales.integration.models import ApiClient, ApiToken, TokenMinute
from aftersales.integration.services import clients, tokens
from aftersales.integration.services.tokens import Issued
from stations.models import Party, Region
from stations.models.parties import PartyKind
from stations.services import parties

PLATFORM = (
    ApiScope.ORDERS_READ,
    ApiScope.ORDERS_WRITE,
    ApiScope.CLAIMS_READ,
    ApiScope.CLAIMS_WRITE,
    ApiScope.PAYOUTS_READ,
    ApiScope.PAYOUTS_CONFIRM,
    ApiScope.REFERENCE_READ,
    ApiScope.WEBHOOKS_KEEP,
    ApiScope.SESSIONS_OPEN,
)
MERCHANT = (ApiScope.ORDERS_READ, ApiScope.CLAIMS_READ, ApiScope.FOLLOW_UPS_READ)
MINI_PROGRAM = (
    ApiScope.CLAIMS_READ,
    ApiScope.CLAIMS_WRITE,
    ApiScope.REFERENCE_READ,
    ApiScope.SESSIONS_OPEN,
)
DAYS = 30
# How many minutes of an hour somebody asks, from midnight on.
BUSY = (0, 0, 0, 0, 0, 0, 1, 2, 4, 6, 6, 5, 3, 4, 6, 6, 5, 4, 3, 3, 2, 1, 1, 0)


class Applications:
    """Three applications of one county with tokens in every state, and a month of requests."""

    def __init__(self, region: Region, *, seed: int, now: datetime):
        self.region = region
        self.now = now
        self.by = User.objects.get(username="manager")
        self.random = Random(f"applications {region.code} {seed}")
        self.secret = ""

    def write(self) -> Iterator[str]:
        """Register them; says what was written. `secret` is the token of the platform from then on."""
        platform = self._client(self._party(PartyKind.PLATFORM), "订单与退款对接", "平台技术值班群")
        shop = self._client(self._party(PartyKind.MERCHANT), "商家后台", "商家客服台")
        name = f"{self.region.name}好物小程序"
        own = parties.find_or_create(kind=PartyKind.PARTNER, name=name, by=self.by, now=self.now)
        mini = self._client(own, "县域小程序", "县融媒体中心运营台")
        first = self._issue(platform, "正式环境", PLATFORM, days=60, before=90)
        main = self._issue(platform, "正式环境", PLATFORM, days=365, before=40)
        self.secret = main.secret
        lost = self._issue(shop, "仓库电脑", MERCHANT, days=180, before=80)
        tokens.revoke(
            token=lost.token, reason="令牌被发到了工作群", by=self.by, now=self.now - timedelta(days=21)
        )
        shops = self._issue(shop, "正式环境", MERCHANT, days=90, before=20)
        minis = self._issue(mini, "小程序服务器", MINI_PROGRAM, days=60, before=50)
        asked = sum(
            self._ask(issued.token, busy)
            for issued, busy in ((first, 1), (main, 4), (lost, 1), (shops, 1), (minis, 2))
        )
        yield f"applications 3, tokens {ApiToken.objects.count()}, requests {asked}"

    def _party(self, kind: PartyKind) -> Party:
        return Party.objects.filter(kind=kind, is_suspended=False).order_by("pk")[0]

    def _client(self, party: Party, name: str, contact: str) -> ApiClient:
        return clients.register(
            party=party,
            name=name,
            regions=[self.region],
            contact=contact,
            reason="对接协议已签",
            by=self.by,
            now=self.now - timedelta(days=100),
        )

    def _issue(self, client: ApiClient, label: str, scopes, *, days: int, before: int) -> Issued:
        return tokens.issue(
            client=client,
            label=label,
            scopes=scopes,
            days=days,
            by=self.by,
            now=self.now - timedelta(days=before),
        )

    def _ask(self, token: ApiToken, busy: int) -> int:
        """Requests of a token as long as it counted within the last month; returns how many."""
        token.refresh_from_db()
        ends = min(filter(None, (token.expires_at, token.revoked_at, self.now)))
        start = max(self.now - timedelta(days=DAYS), token.created_at)
        rows = [
            self._minute(token, moment, busy)
            for hours in range(max(int((ends - start).total_seconds() // 3600), 0))
            for moment in self._moments(start + timedelta(hours=hours))
            if moment < ends
        ]
        TokenMinute.objects.bulk_create(rows, batch_size=500)
        if rows:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=max(row.minute for row in rows))
        return sum(row.requests for row in rows)

    def _moments(self, hour: datetime) -> list[datetime]:
        begins = hour.replace(minute=0, second=0, microsecond=0)
        count = BUSY[timezone.localtime(begins).hour]
        return [begins + timedelta(minutes=at) for at in sorted(self.random.sample(range(60), count))]

    def _minute(self, token: ApiToken, moment: datetime, busy: int) -> TokenMinute:
        requests = self.random.randint(1, 25 * busy)
        return TokenMinute(
            token=token,
            subject=f"t{token.pk}",
            minute=moment,
            requests=requests,
            refused=self.random.choice((0, 0, 0, 1, min(2, requests))),
            faults=int(requests > 2 and self.random.random() < 0.004),
            throttled=0,
        )
