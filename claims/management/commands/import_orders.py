"""`import_orders FILE`: order lines from a list, in our layout or in another one."""

from django.core.management.base import CommandError
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.web.import_command import ImportCommand
from claims.services import order_import, order_mapping


class Command(ImportCommand):
    help = (
        "Import order lines from a CSV (UTF-8) or XLSX file with the columns order_number, station_code, "
        "product, goods_type, quantity, unit, paid_yuan, freight_yuan, ordered_at, signed_at, merchant, "
        "platform, logistics, consumer_name, consumer_phone, sku, batch, lot, state; see docs/imports.md. "
        "The rows of one order stand together. Running it again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--mapping", metavar="FILE.toml", help="describes another layout")
        parser.add_argument(
            "--station",
            metavar="CODE",
            default="",
            help="12-digit village code or id of the station of rows that name none",
        )

    def handle(self, *args, file, mapping, station, **options):
        (path,) = self.files([file])
        described = self._mapping(mapping) if mapping else None
        by = system_user()
        with system_scope("import_orders", by=by):
            tally = order_import.import_list(
                path=path,
                mapping=described,
                station=station,
                by=by,
                now=timezone.now(),
                refuse=lambda line, reason: self.refuse(path, line, reason),
                progress=self.progress,
            )
        self.finish(tally)

    def _mapping(self, name: str):
        (path,) = self.files([name])
        try:
            return order_mapping.load(path)
        except order_mapping.MappingError as error:
            raise CommandError(f"{path}: {error}") from None
